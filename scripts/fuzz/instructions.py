"""Random instructions that store, flush and fence."""

class InstructionStatements:
    """Inline assembly and intrinsics: the instructions themselves."""

    def sse(self):
        value = "_mm_set_epi64x(%s, %s)" % (self.value(), self.value())
        return self.r.choice([
            "_mm_storeu_si128((__m128i *)(p + %d), %s);" % (self.near(16), value),
            "_mm_store_si128((__m128i *)(p + %d), %s);" % (self.at(16, 16), value),
            "_mm_storel_epi64((__m128i *)(p + %d), %s);" % (self.near(8), value),
            "_mm_storeh_pd((double *)(p + %d), _mm_castsi128_pd(%s));" % (self.at(8, 8), value),
            "_mm_store_ss((float *)(p + %d), _mm_castsi128_ps(%s));" % (self.at(4, 4), value),
            "_mm_storeu_pd((double *)(p + %d), _mm_castsi128_pd(%s));" % (self.near(16) & ~7, value),
        ])

    def nt(self):
        wide = "_mm_set_epi64x(%s, %s)" % (self.value(), self.value())
        return self.r.choice([
            "_mm_stream_si32((int *)(p + %d), (int)%s);" % (self.at(4, 4), self.value()),
            "_mm_stream_si64((long long *)(p + %d), (long long)%s);" % (self.at(8, 8), self.value()),
            "_mm_stream_si128((__m128i *)(p + %d), %s);" % (self.at(16, 16), wide),
            "_mm_stream_ps((float *)(p + %d), _mm_castsi128_ps(%s));" % (self.at(16, 16), wide),
            "__asm__ volatile(\"movnti @1, @0\" : \"=m\"(*(u64 *)(p + %d)) : \"r\"(%s));" % (self.near(8), self.local()),
        ])

    def place(self, size):
        """An operand of inline assembly, and the inputs it needs."""
        r = self.r
        offset = self.near(size)
        kind = r.randrange(6)
        if kind == 0:
            return "%d(@[p])" % offset, '[p] "r"(p)'
        if kind == 1:
            return "(@[p])", '[p] "r"(p + %d)' % offset
        if kind == 2:
            return "%d(@[p],@[i],%d)" % (offset, r.choice([1, 2, 4, 8])), '[p] "r"(p), [i] "r"((u64)0)'
        if kind == 3:
            return "-8(@[p],@[i])", '[p] "r"(p), [i] "r"((u64)%d)' % (offset + 8)
        if kind == 4:
            return "(,@[i],1)", '[i] "r"(p + %d)' % offset
        return "(@k[p])", '[p] "r"(p + %d)' % offset

    def instruction(self, place):
        """One that stores or modifies without destroying registers but v and w."""
        r = self.r
        s, n = r.choice([("b", "b"), ("w", "w"), ("l", "k"), ("q", "q")])
        two = r.choice(["add", "sub", "and", "or", "xor", "adc", "sbb", "mov"])
        one = r.choice(["inc", "dec", "neg", "not"])
        shift = r.choice(["shl", "shr", "sar", "rol", "ror", "rcl", "rcr"])
        wide, part = r.choice([("w", "w"), ("l", "k"), ("q", "q")])
        return r.choice([
            "%s%s @%s[v], %s" % (two, s, n, place), "%s%s $%d, %s" % (two, s, r.randrange(1, 100), place),
            "%s%s %s" % (one, s, place), "%s%s $%d, %s" % (shift, s, r.randrange(1, 8), place),
            "lock; %s%s @%s[v], %s" % (r.choice(["add", "sub", "and", "or", "xor", "adc"]), s, n, place),
            "lock %s%s %s" % (one, s, place),
            "xadd%s @%s[v], %s" % (s, n, place), "lock xadd%s @%s[v], %s" % (s, n, place),
            "xchg%s @%s[v], %s" % (s, n, place), "xchg%s %s, @%s[v]" % (s, place, n),
            "%s%s $%d, %s" % (r.choice(["bts", "btr", "btc", "lock bts"]), wide, r.randrange(16), place),
            "set%s %s" % (r.choice(["e", "c", "o", "s", "p", "g", "le", "a"]), place),
            "%s%s $%d, @%s[v], %s" % (r.choice(["shld", "shrd"]), wide, r.randrange(1, 15), part, place),
            "movbe%s @%s[v], %s" % (wide, part, place), "movnti @[v], %s" % place,
            "movnti @k[v], %s" % place, "movq @@xmm5, %s" % place, "movd @@xmm5, %s" % place,
            "movdqu @@xmm5, %s" % place, "pushq @[v]; popq %s" % place,
        ])

    def asm(self):
        place, inputs = self.place(16)
        return ("{ u64 v = %s; __asm__ volatile(\"movq @[v], @@xmm5; cmpq $5, @[v]; %s\" : [v] \"+Q\"(v) : %s : \"memory\", \"cc\", \"xmm5\"); %s ^= v; }"
                % (self.local(), self.instruction(place), inputs, self.local()))

    def asm_flags(self):
        """Flags, set before, that are read after what stores."""
        place, inputs = self.place(16)
        keep = [i for i in (self.keeping(place) for _ in range(self.r.randrange(1, 3)))]
        text = "movq @[v], @@xmm5; cmpq @[v], @[w]; " + "; ".join(keep) + "; "
        text += self.r.choice(["pushfq; popq @[w]; andq $0xcd5, @[w]", "adcq $5, @[w]", "sets @b[w]; adcb $0, @b[w]",
                               "cmovaq @[v], @[w]", "seto @b[w]", "jbe 1f; incq @[w]; 1:", "lahf"])
        clobbers = '"memory", "cc", "xmm5", "rax"' if "lahf" in text else '"memory", "cc", "xmm5"'
        extra = "; movzbl @@ah, @k[w]" if "lahf" in text else ""
        text = ("leaq -128(@@rsp), @@rsp; " + text + "; leaq 128(@@rsp), @@rsp" + extra)
        return ("{ u64 v = %s, w = %s; __asm__ volatile(\"%s\" : [v] \"+Q\"(v), [w] \"+Q\"(w) : %s : %s);"
                " %s ^= v + w * 3; }"
                % (self.value(), self.value(), text, inputs, clobbers, self.local()))

    def keeping(self, place):
        return self.r.choice([
            "movq @[v], %s" % place, "movb @b[v], %s" % place, "movl $77, %s" % place, "notq %s" % place,
            "movnti @[v], %s" % place, "xchgq @[v], %s" % place, "sete %s" % place, "movdqu @@xmm5, %s" % place,
            "clwb %s" % place, "clflushopt %s" % place, "clflush %s" % place, "sfence", "mfence", "incl %s" % place,
            "decw %s" % place, "lock notl %s" % place, "movbeq @[v], %s" % place,
        ])

    def asm_wide(self):
        offset = self.at(16, 16)
        return self.r.choice([
            "{ uint32_t a = *(uint32_t *)(p + %d), d = ((uint32_t *)(p + %d))[1] + %d; __asm__ volatile(\"lock cmpxchg8b @2\""
            " : \"+a\"(a), \"+d\"(d), \"+m\"(*(u64 *)(p + %d)) : \"b\"((uint32_t)%s), \"c\"((uint32_t)%s) : \"cc\");"
            " %s += a ^ d; }" % (offset, offset, self.r.choice([0, 0, 1]), offset, self.local(), self.local(), self.local()),
            "{ u64 a = *(u64 *)(p + %d) + %d; __asm__ volatile(\"%scmpxchgq @2, @1; setne @b0\" : \"+a\"(a),"
            " \"+m\"(*(u64 *)(p + %d)) : \"r\"(%s) : \"cc\"); %s += a; }"
            % (offset, self.r.choice([0, 0, 1]), "lock ", offset, self.local(), self.local()),
            "{ u64 c = %s; __asm__ volatile(\"%s @@cl, @0\" : \"+m\"(*(u64 *)(p + %d)), \"+c\"(c) :: \"cc\"); }"
            % (self.local(), self.r.choice(["shlq", "shrq", "sarl", "rolb", "rorw"]), self.near(8)),
            "{ u64 c = %s; __asm__ volatile(\"%s @@cl, @2, @0\" : \"+m\"(*(u64 *)(p + %d)), \"+c\"(c)"
            " : \"r\"(%s) : \"cc\"); }" % (self.local(), self.r.choice(["shldq", "shrdq"]), self.near(8), self.local()),
            "{ u64 a = (u64)(p + %d); __asm__ volatile(\"%sxaddq @0, (@0)\" : \"+r\"(a) :: \"memory\", \"cc\"); %s ^= a; }"
            % (self.near(8), self.r.choice(["", "lock "]), self.local()),
            "{ u64 a = (u64)(p + %d); __asm__ volatile(\"%s @0, (@0)\" : \"+r\"(a) :: \"memory\", \"cc\"); %s ^= a; }"
            % (self.near(8), self.r.choice(["movq", "addq", "xchgq", "movnti"]), self.local()),
        ])

    def x87(self):
        name = self.r.choice(["fstps", "fstpl", "fstpt", "fistps", "fistpl", "fistpll", "fisttpll"])
        if self.r.random() < 0.5:
            return ("{ long double a = %s & 0xff, b = %d; volatile double *t = (volatile double *)(p + %d);"
                    " int less = a < b; *(volatile int *)(p + %d) = 5; *t = less ? a : b; t[1] = a == b ? a : -b; }"
                    % (self.local(), self.r.randrange(256), self.at(32, 16), self.at(4, 4)))
        return ("{ long double a = %s & 0xfff; __asm__ volatile(\"fldt @1; %s @0\" : \"=m\"(*(u128 *)(p + %d))"
                " : \"m\"(a) : \"st\"); }" % (self.local(), name, self.near(16) & ~1))

    def absolute(self):
        region = "REGION_OF_THIS"
        offset = self.at(8)
        return self.r.choice([
            "*(volatile uint32_t *)(0x30000000ul + %s + %d) = (uint32_t)%s;" % (region, offset & ~3, self.value()),
            "__atomic_fetch_add((uint32_t *)(0x30000000ul + %s + %d), 3, __ATOMIC_SEQ_CST);" % (region, offset & ~3),
            "__asm__ volatile(\"movabsq @@rax, @P0\" :: \"i\"(0x30000000ul + %s + %d), \"a\"(%s) : \"memory\");" % (
                region, offset, self.local()),
        ])

    def asm_strings(self):
        name = self.r.choice(["rep movsb", "rep movsw", "rep movsl", "rep movsq", "rep stosb", "rep stosl", "rep; stosq",
                              "movsb", "movsq", "stosb", "stosw", "stosl"])
        size = {"b": 1, "w": 2, "l": 4, "q": 8}[name[-1]]
        count = self.r.randrange(0, 17)
        text = "std; %s; cld" % name if self.r.random() < 0.3 else name
        offset = 200 + self.near(300) % 600
        return ("{ void *to = p + %d; const void *from = source + 4000; u64 c = %d; __asm__ volatile(\"%s\" : \"+D\"(to),"
                " \"+S\"(from), \"+c\"(c) : \"a\"(%s) : \"memory\"); %s += c + ((char *)to - p); }"
                % (offset, count, text, self.local(), self.local()))

    def full(self):
        """All registers in use."""
        registers = ["rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"]
        to = self.r.choice(registers)
        others = [x for x in registers if x != to]
        lines = ["leaq -128(@@rsp), @@rsp", "movq fuzz_slot(@@rip), @@%s" % to]
        for i, name in enumerate(others):
            lines.append("movq $%d, @@%s" % (i * 1000 + 17, name))
        lines.append("cmpq @@%s, @@%s" % (others[0], others[1]))
        source = self.r.choice(others)
        instruction = self.r.choice([
            "movq @@{0}, (@@{1})", "addq @@{0}, (@@{1})", "movnti @@{0}, (@@{1})", "xchgq @@{0}, (@@{1})",
            "lock xaddq @@{0}, (@@{1})", "clwb (@@{1})", "notb (@@{1})", "movups @@xmm5, (@@{1})",
            "pushq $91; popq (@@{1})", "pushq (@@{1}); popq @@{0}", "movb @@{0}l, (@@{1})"])
        instruction = instruction.format(source, to)
        if "l, (" in instruction:
            instruction = "sete (@@%s)" % to
        lines.append(instruction)
        lines.append("adcq $1, @@%s" % others[2])
        for name in others[1:]:
            lines.append("rolq $7, @@%s; addq @@%s, @@%s" % (others[0], name, others[0]))
        lines += ["movq @@%s, fuzz_slot(@@rip)" % others[0], "leaq 128(@@rsp), @@rsp"]
        return ("slot = (u64)(p + %d); __asm__ volatile(\"pxor @@xmm5, @@xmm5; %s\" ::: %s, \"memory\", \"cc\"); %s += slot;"
                % (self.near(16), "; ".join(lines), ", ".join('"%s"' % x for x in registers + ["xmm5"]), self.local()))

    def rsp(self):
        """The stack pointer as what is stored."""
        offset = self.at(8)
        text = self.r.choice([
            "movq @@rsp, (@[p]); subq @@rsp, (@[p])", "movq @@rsp, (@[p]); subq (@[p]), @[v]; addq @@rsp, @[v]; movq $0, (@[p])",
            "movl @@esp, (@[p]); xorl @@esp, (@[p])"])
        return ("{ u64 v = %s; __asm__ volatile(\"%s\" : [v] \"+r\"(v) : [p] \"r\"(p + %d) : \"memory\", \"cc\"); %s ^= v; }"
                % (self.local(), text, offset, self.local()))

    def mmx(self):
        return ("__asm__ volatile(\"movq @1, @@mm0; %s @@mm0, @0; emms\" : \"=m\"(*(u64 *)(p + %d)) : \"m\"(*(u64 *)(source + %d)) : \"mm0\");"
                % (self.r.choice(["movq", "movntq"]), self.at(8, 8), self.r.randrange(100)))

    def pushes(self):
        return ("__asm__ volatile(\"leaq -128(@@rsp), @@rsp; pushq @0; pushq @0; popq 8(@1); popq (@1,@2); "
                "leaq 128(@@rsp), @@rsp\" :: \"r\"(%s), \"r\"(p + %d), \"r\"((u64)%d) : \"memory\");"
                % (self.local(), self.at(40), self.r.randrange(24)))

    def avx(self):
        value = "_mm256_set1_epi64x(%s)" % self.value()
        return self.r.choice([
            "_mm256_storeu_si256((__m256i *)(p + %d), %s);" % (self.near(32), value),
            "_mm256_stream_si256((__m256i *)(p + %d), %s);" % (self.at(32, 32), value),
            "_mm_storeu_si128((__m128i *)(p + %d), _mm256_extracti128_si256(%s, 1));" % (self.near(16), value),
            "*(volatile uint16_t *)(p + %d) = _mm_extract_epi16(_mm_set1_epi64x(%s), 3);" % (self.at(2, 2), self.local()),
            "_mm_storel_epi64((__m128i *)(p + %d), _mm_cvtps_ph(_mm_set1_ps(%d.25f), 0));" % (self.near(8), self.r.randrange(99)),
            "__asm__ volatile(\"vpxor @@xmm5, @@xmm5, @@xmm5; vcvtps2ph $0, @@xmm5, (@0)\" :: \"r\"(p + %d) : \"memory\", \"xmm5\");" % self.near(8),
            "__asm__ volatile(\"vpcmpeqd @@xmm5, @@xmm5, @@xmm5; vpextrb $3, @@xmm5, (@0); vpextrd $1, @@xmm5, 5(@0); vmovhps @@xmm5, 11(@0)\" :: \"r\"(p + %d) : \"memory\", \"xmm5\");" % self.near(20),
        ])

    def masked(self):
        mask = "_mm256_setr_epi32(%s)" % ", ".join(self.r.choice(["-1", "0", "1", "(int)0x80000000"]) for _ in range(8))
        value = "_mm256_set1_epi64x(%s)" % self.value()
        offset = self.near(32)
        low, half = "_mm256_castsi256_si128(%s)" % mask, "_mm256_castsi256_si128(%s)" % value
        return self.r.choice([
            "_mm256_maskstore_epi32((int *)(p + %d), %s, %s);" % (offset, mask, value),
            "_mm256_maskstore_epi64((long long *)(p + %d), %s, %s);" % (offset, mask, value),
            "_mm256_maskstore_pd((double *)(p + %d), %s, _mm256_castsi256_pd(%s));" % (offset, mask, value),
            "_mm_maskstore_epi32((int *)(p + %d), %s, %s);" % (offset, low, half),
            "_mm_maskstore_ps((float *)(p + %d), %s, _mm_castsi128_ps(%s));" % (offset, low, half),
        ])

    def avx512(self):
        value, offset, mask = "_mm512_set1_epi64(%s)" % self.value(), self.near(64), self.local()
        return self.r.choice([
            "_mm512_storeu_si512(p + %d, %s);" % (offset, value),
            "_mm512_stream_si512((__m512i *)(p + %d), %s);" % (self.at(64, 64), value),
            "_mm512_mask_storeu_epi8(p + %d, %s, %s);" % (offset, mask, value),
            "_mm512_mask_storeu_epi16(p + %d, (__mmask32)%s, %s);" % (offset, mask, value),
            "_mm512_mask_storeu_epi32(p + %d, (__mmask16)%s, %s);" % (offset, mask, value),
            "_mm512_mask_storeu_epi64(p + %d, (__mmask8)%s, %s);" % (offset, mask, value),
            "_mm512_mask_compressstoreu_epi32(p + %d, (__mmask16)%s, %s);" % (offset, mask, value),
            "_mm512_mask_compressstoreu_epi64(p + %d, (__mmask8)%s, %s);" % (offset, mask, value),
            "_mm512_mask_cvtepi64_storeu_epi8(p + %d, (__mmask8)%s, %s);" % (offset, mask, value),
            "_mm512_mask_cvtepi32_storeu_epi16(p + %d, (__mmask16)%s, %s);" % (offset, mask, value),
            "_mm256_mask_storeu_epi32(p + %d, (__mmask8)%s, _mm512_castsi512_si256(%s));" % (offset, mask, value),
            "_mm_mask_store_ss((float *)(p + %d), (__mmask8)%s, _mm_set_ss(2.5f));" % (offset, mask),
            "_mm512_mask_i32scatter_epi32(p + %d, (__mmask16)%s, _mm512_set_epi32(%s), %s, %d);" % (
                512, mask, self.places(16), value, self.scale()),
            "_mm512_mask_i32scatter_epi64(p + %d, (__mmask8)%s, _mm256_set_epi32(%s), %s, %d);" % (
                512, mask, self.places(8), value, self.scale()),
            "_mm512_mask_i64scatter_epi32(p + %d, (__mmask8)%s, _mm512_set_epi64(%s), _mm512_castsi512_si256(%s), %d);" % (
                512, mask, self.places(8), value, self.scale()),
            "_mm256_mask_i64scatter_pd((double *)(p + %d), (__mmask8)%s, _mm256_set_epi64x(%s), _mm256_set1_pd(1.5), %d);" % (
                512, mask, self.places(4), self.scale()),
            "_mm_mask_i32scatter_ps((float *)(p + %d), (__mmask8)%s, _mm_set_epi32(%s), _mm_set1_ps(0.5f), %d);" % (
                512, mask, self.places(4), self.scale()),
            "*(volatile __mmask64 *)(p + %d) = _mm512_movepi8_mask(%s);" % (self.at(8, 8), value),
        ])

    def places(self, count):
        """Indices of a scatter, some of them the same."""
        return ", ".join("%d" % self.r.randrange(-60, 60) for _ in range(count))

    def scale(self):
        return self.r.choice([1, 2, 4, 8])

    def maskmov(self):
        return "_mm_maskmoveu_si128(_mm_set1_epi64x(%s), _mm_set_epi64x(%s, %s), p + %d);" % (
            self.value(), self.value(), self.value(), self.near(16))

    def bit_string(self):
        name, size, n = self.r.choice([("w", 2, "w"), ("l", 4, "k"), ("q", 8, "q")])
        operation = self.r.choice(["bts", "btr", "btc"])
        lock = self.r.choice(["", "", "lock "])
        bit = self.r.randrange(-2000, 2000)
        return ("{ long b = %d; __asm__ volatile(\"%s%s%s @%s0, (@1); adcq $0, @0\" : \"+r\"(b) : \"r\"(p + %d) : \"memory\","
                " \"cc\"); %s += b; }" % (bit, lock, operation, name, n, 300 + self.at(700) % 400, self.local()))
