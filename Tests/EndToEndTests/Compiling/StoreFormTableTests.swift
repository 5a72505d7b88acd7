import Testing

@testable import fencepost

private func use(_ text: String) -> MemoryUse {
  StoreForms.use(of: AssemblyStatement(Array(text.utf8)[...]))
}

private func form(_ text: String) -> StoreForm? {
  guard case .form(let form) = use(text) else { return nil }
  return form
}

struct StoreFormTableTests {
  @Test(arguments: [
    ("movb $1, (%rdi)", 1), ("movw %ax, 8(%rdi)", 2), ("movl %eax, (%rdi,%rcx,4)", 4),
    ("movq %rax, (%rdi)", 8), ("mov %r9d, (%rdi)", 4), ("incq (%rdi)", 8), ("notb (%rdi)", 1),
    ("shll %cl, (%rdi)", 4), ("sete (%rdi)", 1), ("popq (%rdi)", 8), ("movss %xmm0, (%rdi)", 4),
    ("movsd %xmm0, (%rdi)", 8), ("movq %xmm0, (%rdi)", 8), ("movd %xmm0, (%rdi)", 4),
    ("movaps %xmm0, (%rdi)", 16), ("vmovups %ymm0, (%rdi)", 32), ("vmovdqu64 %zmm0, (%rdi)", 64),
    ("pextrw $2, %xmm0, (%rdi)", 2), ("vextracti128 $1, %ymm0, (%rdi)", 16),
    ("vcvtps2ph $0, %ymm0, (%rdi)", 16), ("vpmovqb %zmm0, (%rdi)", 8), ("kmovw %k1, (%rdi)", 2),
    ("fstpt (%rdi)", 10), ("fistpll (%rdi)", 8), ("fnstcw (%rdi)", 2), ("fxsave64 (%rdi)", 512),
    ("stmxcsr (%rdi)", 4), ("movbe %rax, (%rdi)", 8),
  ])
  func aPlainStoreHasItsSize(text: String, size: Int) {
    #expect(form(text).map { $0.kind == .store && $0.shape == .plain && $0.size == size } == true)
  }

  @Test(arguments: [
    ("movntiq %rax, (%rdi)", 8), ("movnti %eax, (%rdi)", 4), ("movntdq %xmm0, (%rdi)", 16),
    ("vmovntps %zmm0, (%rdi)", 64), ("movntq %mm0, (%rdi)", 8), ("movdir64b (%rsi), %rdi", 64),
  ])
  func aNonTemporalStoreHasItsSize(text: String, size: Int) {
    #expect(form(text).map { $0.kind == .nonTemporalStore && $0.size == size } == true)
  }

  @Test(arguments: [
    ("lock incl (%rdi)", 4, StoreForm.Shape.plain), ("xchgq %rax, (%rdi)", 8, .plain),
    ("xchgl (%rdi), %eax", 4, .plain), ("lock xaddq %rax, (%rdi)", 8, .plain),
    ("lock cmpxchgl %ecx, (%rdi)", 4, .compareAndSwap),
    ("lock cmpxchg16b (%rdi)", 16, .compareAndSwap),
  ])
  func aLockedOperationIsOne(text: String, size: Int, shape: StoreForm.Shape) {
    #expect(
      form(text).map { $0.kind == .lockedStore && $0.size == size && $0.shape == shape } == true
    )
  }

  @Test func whatDependsOnAMaskOrACountSaysOnWhich() {
    #expect(form("rep stosq")?.shape == .repeated && form("rep stosq")?.size == 8)
    #expect(form("rep movsb")?.address == .register("rdi"))
    #expect(form("movsl")?.shape == .plain && form("movsl")?.size == 4)
    let masked = form("vmovdqu32 %zmm0, (%rdi){%k2}")
    #expect(masked?.shape == .masked(.register("k2")) && masked?.size == 4 && masked?.count == 16)
    let signs = form("vmaskmovpd %ymm0, %ymm1, (%rdi)")
    #expect(signs?.shape == .masked(.signs("ymm1", by: "vmovmskpd")) && signs?.count == 4)
    #expect(form("maskmovdqu %xmm1, %xmm0")?.count == 16)
    // The ends of their names are those of scalars of other sizes.
    let ends = ["vpcompressd": 4, "vpcompressq": 8, "vcompressps": 4, "vcompresspd": 8]
    for (name, size) in ends {
      let form = form("\(name) %zmm0, (%rdi){%k1}")
      #expect(form?.size == size && form?.count == 64 / size, "\(name)")
    }
    let packed = form("vpcompressq %zmm0, (%rdi){%k1}")
    #expect(packed?.shape == .compressed(.register("k1")) && packed?.count == 8)
    #expect(form("btsq %rax, (%rdi)")?.address == .bits(1, register: "rax", size: 8))
    #expect(form("lock btsq $13, (%rdi)")?.address == .operand(1))
  }

  @Test(arguments: [
    ("vpscatterdd %zmm0, 8(%rdi,%zmm1,4){%k1}", "8(%rdi)", 4, 4, 4, 16),
    ("vpscatterdq %ymm20, (%rdi,%xmm1){%k1}", "0(%rdi)", 4, 1, 8, 4),
    ("vscatterqps %ymm0, table(,%zmm31,8) {%k1}", "table", 8, 8, 4, 8),
    ("vscatterqpd %xmm0, (%r15,%xmm1,2){%k1}", "0(%r15)", 8, 2, 8, 2),
  ])
  func aScatterTellsWhereItsElementsAre(
    text: String,
    base: String,
    index: Int,
    scale: Int,
    element: Int,
    count: Int
  ) throws {
    let found = form(text)
    let form = try #require(found)
    guard case .scattered(let scatter) = form.shape else {
      Issue.record("\(form.shape)")
      return
    }
    #expect(scatter.base == base && scatter.indexSize == index && scatter.scale == scale)
    #expect(form.size == element && form.count == count && scatter.mask == "k1")
  }

  @Test func flushesAndFencesAreToldInEverySpelling() {
    #expect(form("clwb (%rdi)")?.kind == .clwb && form("clflush (%rdi)")?.kind == .clflush)
    #expect(form("clflushopt 8(%rdi)")?.kind == .clflushopt)
    #expect(form("data16 xsaveopt (%rax)")?.kind == .clwb)
    #expect(form("data16 clflush (%rax)")?.kind == .clflushopt)
    #expect(form("sfence")?.kind == .sfence && form("mfence")?.kind == .mfence)
    #expect(use("lfence") == .nothing)
  }

  @Test(arguments: [
    "cmpl $1, (%rdi)", "testb $1, (%rdi)", "pushq (%rdi)", "callq *8(%rdi)", "jmpq *(%rdi)",
    "prefetcht0 (%rdi)", "nopw 0(%rax,%rax,1)", "mulq (%rdi)", "idivl (%rdi)", "fldl (%rdi)",
    "fildll (%rdi)", "faddl (%rdi)", "ldmxcsr (%rdi)", "btq %rax, (%rdi)", "movq (%rdi), %rax",
    "addq (%rdi), %rax", "leaq (%rdi), %rax", "jne .L4", "ret", "cmpxchg %eax, %ecx",
    "fldcw (%rdi)",
  ])
  func whatOnlyReadsIsNoStore(text: String) {
    #expect(use(text) == .nothing)
  }

  @Test(arguments: [
    "xsavec (%rdi)", "vpscatterdd %zmm0, (%edi,%zmm1){%k1}", "newstore %rax, (%rdi)",
  ])
  func whatIsNotKnownIsNeverPassedOver(text: String) {
    #expect(use(text) == .unknown)
  }
}
