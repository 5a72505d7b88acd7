"""Random statements of C and C++."""
from frame import REGION, LOCALS


class PlainStatements:
    """What a compiler chooses the instructions for; `p` is the function's own 1 KiB of the file."""

    def at(self, size, align=1):
        return self.r.randrange(0, (REGION - size) // align + 1) * align

    def near(self, size):
        """An offset that often crosses a line."""
        if self.r.random() < 0.4:
            line = self.r.randrange(1, 15) * 64
            return max(0, min(line - self.r.randrange(0, size + 1), REGION - size))
        return self.at(size)

    def local(self):
        return "l%d" % self.r.randrange(LOCALS)

    def value(self):
        r = self.r
        kind = r.randrange(5)
        if kind == 0:
            return "%du" % r.randrange(1 << 31)
        if kind == 1:
            return "(%s + %s)" % (self.local(), self.local())
        if kind == 2:
            return "(%s ^ 0x%xull)" % (self.local(), r.getrandbits(64))
        return self.local()

    def type(self):
        return self.r.choice(["uint8_t", "uint16_t", "uint32_t", "uint64_t", "int8_t", "int16_t", "int32_t", "int64_t"])

    def volatile(self):
        return self.r.choice(["volatile ", "volatile ", ""])

    def scalar(self):
        kind = self.type()
        return ("{ typedef %s T __attribute__((aligned(1), may_alias)); *(%sT *)(p + %d) = (T)%s; }"
                % (kind, self.volatile(), self.near(8), self.value()))

    def compound(self):
        operator = self.r.choice(["+=", "-=", "^=", "|=", "&=", "*=", "<<=", ">>="])
        value = self.value() if "<" not in operator and ">" not in operator else str(self.r.randrange(7))
        return ("{ typedef u%s T __attribute__((aligned(1), may_alias)); %s += (*(%sT *)(p + %d) %s (T)%s); }"
                % (self.r.choice(["int8_t", "int16_t", "int32_t", "int64_t"]), self.local(), self.volatile(),
                   self.near(8), operator, value))

    def bits(self):
        field = self.r.choice("abcde")
        return "((%sstruct Bits *)(p + %d))->%s = %s;" % (self.volatile(), self.at(24, 8), field, self.value())

    def packed(self):
        field = self.r.choice("abcd")
        return "((%sstruct Packed *)(p + %d))->%s = %s;" % (self.volatile(), self.near(15), field, self.value())

    def vary(self):
        if self.r.random() < 0.3:
            count = self.r.randrange(1, 11)
            return "%s += floating((double *)(p + %d), %d, %s);" % (
                self.local(), self.at(88, 8), count, ", ".join("%d.5" % self.r.randrange(99) for _ in range(count)))
        count = self.r.randrange(1, 12)
        return "%s ^= varied((volatile u64 *)(p + %d), %d, %s);" % (
            self.local(), self.at(96, 8), count, ", ".join("(u64)" + self.value() for _ in range(count)))

    def tls(self):
        return "own = own * 31 + %s; *(volatile u64 *)(p + %d) = own;" % (self.value(), self.at(8, 8))

    def call(self):
        return "%s += functions[%s & 1]((volatile u64 *)(p + %d), %s);" % (
            self.local(), self.local(), self.at(24, 8), self.value())

    def convention(self):
        if self.r.random() < 0.5:
            return "most((volatile u64 *)(p + %d), %s);" % (self.at(16, 8), self.value())
        return "%s ^= foreign((volatile u64 *)(p + %d), %s);" % (self.local(), self.at(16, 8), self.value())

    def floats(self):
        kind, size = self.r.choice([("float", 4), ("double", 8)])
        return "*(volatile %s *)(p + %d) = (%s)(%s & 0xffff) / 3;" % (
            kind, self.at(16, 16), kind, self.local())

    def wide(self):
        return "*(%su128 *)(p + %d) = (u128)%s << 64 | %s;" % (
            self.volatile(), self.at(16, 16), self.value(), self.value())

    def atomic(self):
        r = self.r
        kind, size = r.choice([("uint8_t", 1), ("uint16_t", 2), ("uint32_t", 4), ("uint64_t", 8)])
        place = "(%s *)(p + %d)" % (kind, self.at(size, size))
        order = r.choice(["RELAXED", "RELEASE", "SEQ_CST", "ACQ_REL"])
        what = r.randrange(6)
        if what == 0:
            return "__atomic_store_n(%s, %s, __ATOMIC_%s);" % (
                place, self.value(), "RELEASE" if order == "ACQ_REL" else order)
        if what == 1:
            return "%s ^= __atomic_exchange_n(%s, %s, __ATOMIC_%s);" % (self.local(), place, self.value(), order)
        if what == 2:
            right = r.choice(["*%s" % place, self.value()])
            return ("{ %s e = (%s)(%s); %s += __atomic_compare_exchange_n(%s, &e, (%s)%s, 0, __ATOMIC_SEQ_CST,"
                    " __ATOMIC_RELAXED); %s ^= e; }"
                    % (kind, kind, right, self.local(), place, kind, self.value(), self.local()))
        if what == 3:
            wide = self.at(16, 16)
            return ("{ u64 a = ((u64 *)(p + %d))[0] + %d, d = ((u64 *)(p + %d))[1]; __asm__ volatile(\"%scmpxchg16b @2\""
                    " : \"+a\"(a), \"+d\"(d), \"+m\"(*(u128 *)(p + %d)) : \"b\"(%s), \"c\"(%s) : \"cc\"); %s += a ^ d; }"
                    % (wide, r.choice([0, 0, 1]), wide, r.choice(["lock "]), wide, self.local(), self.local(),
                       self.local()))
        name = r.choice(["add", "sub", "and", "or", "xor", "nand"])
        if what == 4:
            return "%s += __atomic_fetch_%s(%s, %s, __ATOMIC_%s);" % (self.local(), name, place, self.value(), order)
        return "%s += __atomic_%s_fetch(%s, %s, __ATOMIC_%s) == 0;" % (
            self.local(), name, place, self.value(), order)

    def flush(self):
        name = self.r.choice(["clwb", "clflushopt", "clflush"])
        prefix = {"clwb": ".byte 0x66; xsaveopt", "clflushopt": ".byte 0x66; clflush"}.get(name, name)
        spelled = self.r.choice([name, name, prefix])
        offset = self.at(1)
        return self.r.choice([
            "__asm__ volatile(\"%s @0\" : \"+m\"(*(volatile char *)(p + %d)));" % (spelled, offset),
            "__asm__ volatile(\"%s %d(@0)\" :: \"r\"(p) : \"memory\");" % (spelled, offset),
            "__asm__ volatile(\"%s %d(@0,@1,8)\" :: \"r\"(p), \"r\"(%s & 63ull) : \"memory\");" % (
                spelled, self.at(520), self.local()),
            "__asm__ volatile(\"%s (,@0,4)\" :: \"r\"((u64)(p + %d) >> 2) : \"memory\");" % (spelled, offset),
            "__asm__ volatile(\"%s 3(@k0)\" :: \"r\"((u64)(p + %d)) : \"memory\");" % (spelled, self.at(4)),
        ])

    def fence(self):
        return self.r.choice(["_mm_sfence();", "_mm_sfence();", "_mm_mfence();", "_mm_lfence();",
                              "__atomic_thread_fence(__ATOMIC_SEQ_CST);",
                              "__asm__ volatile(\"lock; orl $0, (@@rsp)\" ::: \"memory\", \"cc\");"])

    def loop(self):
        count = self.r.randrange(1, 24)
        kind, size = self.r.choice([("uint8_t", 1), ("uint16_t", 2), ("uint32_t", 4), ("uint64_t", 8), ("float", 4)])
        stride = self.r.choice([1, 1, 2, 3])
        return "{ %s *a = (%s *)(p + %d); for (int i = 0; i < %d; i++) a[i * %d] = (%s)(%s + i * 3); }" % (
            kind, kind, self.at(size * count * stride, size), count, stride, kind,
            self.local() if kind != "float" else "(float)%d" % count)

    def chase(self):
        a, b = self.r.sample(range(0, 1000 // 24), 2)
        return ("{ struct Node *n = (struct Node *)(p + %d), *m = (struct Node *)(p + %d); n->next = m; n->value = %s;"
                " m->next = 0; m->count = n->count + 1; for (struct Node *i = n; i; i = i->next) i->value ^= %s; }"
                % (a * 24, b * 24, self.value(), self.value()))

    def small_struct(self):
        size = self.r.choice([3, 5, 7, 12, 17, 24, 31, 47, 63])
        if self.r.random() < 0.5:
            return "*(struct S%d *)(p + %d) = make%d(%s);" % (size, self.near(size), size, self.value())
        return "*(struct S%d *)(p + %d) = *(struct S%d *)(source + %d);" % (
            size, self.near(size), size, self.r.randrange(4000))

    def recurse(self):
        return "%s += deep((volatile uint16_t *)(p + %d), %d, %s);" % (
            self.local(), self.at(32, 2), self.r.randrange(1, 12), self.local())

    def stack(self):
        return ("{ volatile char *a = (volatile char *)__builtin_alloca(16 + (%s & 63)); for (int i = 0; i < 16; i++) a[i] = i * 5;"
                " *(volatile u64 *)(p + %d) = a[3] + a[15]; %s += a[%d]; }"
                % (self.local(), self.at(8, 8), self.local(), self.r.randrange(16)))

    def jump(self):
        return "{ jmp_buf where; if (!setjmp(where)) twice(where, (volatile u64 *)(p + %d), 77); else *(volatile u64 *)(p + %d) += 2; %s += switched((volatile uint32_t *)(p + %d), %s); }" % (
            self.at(8, 8), self.at(8, 8), "h0", self.at(36, 4), "x")
