"""Random programs."""
from frame import REGION, REGIONS, LOCALS, PROLOGUE, EPILOGUE
from instructions import InstructionStatements
from plain import PlainStatements


class Generator(PlainStatements, InstructionStatements):
    """Draws statements; `p` is the function's own 1 KiB of the file, l0 and so on are its live values."""

    def __init__(self, rng, is_exact, is_cpp, has_pmem, has_avx2, has_avx512):
        self.r = rng
        self.is_cpp = is_cpp
        self.has_avx512 = has_avx512
        self.simple = [
            self.scalar, self.scalar, self.compound, self.bits, self.packed, self.vary, self.tls,
            self.call, self.convention, self.floats, self.wide, self.atomic, self.atomic, self.sse, self.nt, self.flush,
            self.flush, self.fence, self.asm, self.asm, self.asm_flags, self.asm_flags, self.asm_wide,
            self.loop, self.chase, self.x87, self.absolute, self.small_struct, self.recurse, self.stack,
            self.jump, self.asm_strings, self.full, self.mmx, self.pushes,
        ]
        if has_avx2:
            self.simple += [self.avx, self.avx, self.masked]
        if has_avx512:
            self.simple += [self.avx512, self.avx512, self.avx512]
        self.loose = [self.copies, self.copies, self.large_struct, self.maskmov, self.system, self.bit_string]
        self.choices = self.simple if is_exact else self.simple + self.loose * 3
        if has_pmem:
            self.choices = self.simple + self.loose + [self.rsp] * 6 + [self.pmem] * 12

    def copies(self):
        size = self.r.choice([0, 1, 3, 8, 17, 64, 100, 255, 256, 500])
        to, other = self.at(size), self.at(size)
        wanted = self.r.choice(["%d" % size, "(size_t)(%d + (x & 0))" % size])
        return self.r.choice([
            "memcpy(p + %d, source + %d, %s);" % (to, self.r.randrange(3000), wanted),
            "memmove(p + %d, p + %d, %s);" % (to, other, wanted),
            "memset(p + %d, (int)%s, %s);" % (to, self.local(), wanted),
            "%s += (char *)mempcpy(p + %d, source + 9, %s) - p;" % (self.local(), to, wanted),
            "strcpy(p + %d, \"some text of a length\" + %d);" % (self.at(30), self.r.randrange(22)),
            "%s += stpcpy(p + %d, \"other text\") - p;" % (self.local(), self.at(30)),
            "strncpy(p + %d, \"a text\", %d);" % (self.at(64), self.r.randrange(60)),
            "{ p[%d] = 0; strcat(p + %d, \"added\"); strncat(p + %d, \"more\", 2); }" % ((self.at(40),) * 3),
        ])

    def large_struct(self):
        return "*(struct S200 *)(p + %d) = make200(%s);" % (self.at(200), self.value())

    def system(self):
        size = self.r.randrange(1, 300)
        # Where something waits for a fence, a lock of the C library around the call is one, and one less is in the program.
        return "_mm_sfence(); " + self.r.choice([
            "%s += pwrite(file, source + 5, %d, (p - pm) + %d);" % (self.local(), size, self.at(size)),
            "%s += pread(file, p + %d, %d, (p - pm) + %d);" % (self.local(), self.at(size), size, self.at(size)),
            "{ struct iovec v[2] = {{p + %d, 30}, {p + %d, 9}}; %s += preadv(file, v, 2, 3000); }" % (
                self.at(30), self.at(9), self.local()),
            "{ struct iovec v[2] = {{source + %d, 30}, {source + %d, 9}}; %s += pwritev(file, v, 2, (p - pm) + %d); }" % (
                self.at(30), self.at(9), self.local(), self.at(39)),
            "%s += lseek(file, (p - pm) + %d, SEEK_SET) & 1; %s += write(file, source + 77, 40);" % (
                self.local(), self.at(40), self.local()),
            "msync((void *)((u64)p & ~4095ull), 4096, MS_SYNC);",
        ])

    def pmem(self):
        size = self.r.choice([0, 1, 7, 8, 63, 64, 100, 255, 256, 257, 320, 500])
        to = self.at(size)
        flags = self.r.choice(["0", "PMEM_F_MEM_NODRAIN", "PMEM_F_MEM_NONTEMPORAL", "PMEM_F_MEM_TEMPORAL", "PMEM_F_MEM_WC",
                               "PMEM_F_MEM_WB", "PMEM_F_MEM_NOFLUSH"])
        return self.r.choice([
            "pmem_memcpy_persist(p + %d, source + 3, %d);" % (to, size),
            "pmem_memmove_nodrain(p + %d, p + %d, %d);" % (to, self.at(size), size),
            "pmem_memset_persist(p + %d, 7, %d);" % (to, size),
            "pmem_memcpy(p + %d, source + 1, %d, %s);" % (to, size, flags),
            "pmem_memset(p + %d, 9, %d, %s);" % (to, size, flags),
            "pmem_flush(p + %d, %d); pmem_drain();" % (to, size), "pmem_persist(p + %d, %d);" % (to, size),
            "pmem_msync(p + %d, %d);" % (to, size),
        ])

    def program(self, functions, statements, is_threaded):
        text = [PROLOGUE]
        calls = []
        for number in range(functions):
            body = [self.r.choice(self.choices)() for _ in range(statements)]
            if any("setjmp" in line for line in body):
                body = [line for line in body if "setjmp" in line]
            region = self.r.randrange(1, REGIONS - 1)
            lines = ["static NOINLINE FLUSHING u64 f%d(char *p, u64 x) {" % number, "  u64 h0 = 3; (void)h0;"]
            lines += ["  u64 l%d = mix(x, %d);" % (i, i + number) for i in range(LOCALS)]
            lines += ["  " + line.replace("REGION_OF_THIS", str(region * REGION)) for line in body]
            lines += ["  u64 h = h0;"] + ["  h = mix(h, l%d);" % i for i in range(LOCALS)] + ["  return h;", "}"]
            text.append("\n".join(lines))
            calls.append("h = mix(h, f%d(pm + %d, %s));" % (
                number, region * REGION, "h"))
        end = EPILOGUE.replace("CALLS", "\n  ".join(calls)).replace("THREADED", "1" if is_threaded else "0")
        result = "\n".join(text).replace("@", "%") + end
        if self.is_cpp:
            result = result.replace("#include <complex.h>\n", "").replace("#include <stdatomic.h>\n", "")
        return result
