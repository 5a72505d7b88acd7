import Testing

@testable import fencepost

/// The rewritten text of instructions, a line each, without the first line, which names the module.
private func rewritten(_ lines: String...) throws -> [String] {
  var rewriter = AssemblyRewriter(isStrict: true)
  let ident = "\n.ident \"clang version 21\""
  let text = try rewriter.rewrite(Array((lines.joined(separator: "\n") + ident).utf8))
  return String(decoding: text, as: UTF8.self).split(separator: "\n").dropFirst().dropLast()
    .map { $0.trimmingPrefix("\t") }.map(String.init)
}

private func refusal(_ lines: String...) -> AssemblyRewriter.Refusal? {
  var rewriter = AssemblyRewriter(isStrict: true)
  do {
    _ = try rewriter.rewrite(Array(lines.joined(separator: "\n").utf8))
    return nil
  } catch {
    return error
  }
}

struct AssemblyRewriterTests {
  @Test func whatStoresNothingPersistentIsLeftAsItIs() throws {
    let text = [
      "f:", "movq %rax, -8(%rsp)", "movl $1, counter(%rip)", "movq %rdi, %fs:8", "movl $2, table",
      "ret", ".section .rodata", ".asciz \"movq %rax, (%rdi); x # y\"",
    ]
    #expect(try rewritten(text.joined(separator: "\n")) == text)
  }

  @Test func theAddressIsAskedForInARegisterThatNobodyReads() throws {
    let lines = try rewritten("movq %rsi, 8(%rdi)", "movq %rdx, %rax", "ret")
    #expect(lines[0] == "leaq 8(%rdi), %r11")
    #expect(lines[1] == "subq fencepost_module(%rip), %r11")
    #expect(lines[3].hasPrefix("jb .Lfp_s1"))
    #expect(lines.contains("movq %rsi, 8(%rdi)") && !lines.contains("pushfq"))
    let taken = try rewritten("movq %rsi, 8(%rdi)", "movq %r11, %rax", "ret")
    #expect(taken[0] == "leaq 8(%rdi), %rax")
  }

  @Test func flagsThatAreReadLaterAreKept() throws {
    let lines = try rewritten(
      "cmpq %rax, %rdx",
      "movq %rsi, (%rdi)",
      "jne .L2",
      "ret",
      ".L2:",
      "ret"
    )
    let ask = try #require(lines.firstIndex { $0.hasPrefix("subq") })
    #expect(lines[..<ask].contains("pushfq"))
    let dead = try rewritten(
      "movq %rsi, (%rdi)",
      "cmpq %rax, %rdx",
      "jne .L2",
      "ret",
      ".L2:",
      "ret"
    )
    #expect(!dead.contains("pushfq"))
  }

  @Test func whereNoRegisterIsFreeOneIsPutAsideBelowTheRedZone() throws {
    // What is not known may read everything.
    let lines = try rewritten("movq %rsi, (%rdi)", "unknowninstruction")
    #expect(lines.prefix(3) == ["leaq -128(%rsp), %rsp", "pushq %r10", "pushfq"])
  }

  /// Callers of `preserve_most` functions expect all but r11 to be as before, Microsoft's rsi and rdi.
  @Test(arguments: ["ret", "jmp another", "jmpq *%rax"])
  func whatSomeConventionKeepsIsNotFreeWhereAFunctionEnds(end: String) throws {
    let lines = try rewritten("movq %rsi, (%rdi)", "addq $1, %r11", end)
    #expect(lines.prefix(2) == ["leaq -128(%rsp), %rsp", "pushq %r10"])
  }

  @Test(arguments: ["callq __llvm_retpoline_r11", "jmp __x86_indirect_thunk_r11"])
  func aThunkReadsItsRegister(end: String) throws {
    let lines = try rewritten("movq %rsi, (%rdi)", end)
    #expect(lines.prefix(2) == ["leaq -128(%rsp), %rsp", "pushq %r10"])
  }

  @Test func aShiftByNothingLeavesTheFlags() throws {
    for (shift, isKept) in [
      ("shlq $0, %rax", true), ("shrl $32, %eax", true), ("shrq $52, %rax", false),
      ("sarl %eax", false), ("shll $31, %eax", false), ("shrl $COUNT, %eax", true),
    ] {
      let lines = try rewritten("movq %rsi, (%rdi)", shift, "sete %al", "ret")
      #expect(lines.contains("pushfq") == isKept, "\(shift)")
    }
  }

  @Test func aRegisterThatAnotherWayReadsIsNotFree() throws {
    let lines = try rewritten(
      ".L1:",
      "movq %rsi, (%rdi)",
      "je .L1",
      "movq $1, %r11",
      "addq %r11, %rax",
      "ret",
      ".L3:",
      "jmp .L1"
    )
    #expect(lines.contains("leaq (%rdi), %r11"))
    let read = try rewritten(
      ".L1:",
      "movq %rsi, (%rdi)",
      "je .L2",
      "movq $1, %r11",
      "ret",
      ".L2:",
      "addq %r11, %rax",
      "ret"
    )
    #expect(!read.contains("leaq (%rdi), %r11"))
  }

  @Test func inTextWrittenByHandEveryRegisterAndTheFlagsAreKept() throws {
    var rewriter = AssemblyRewriter(isStrict: true)
    let text = try rewriter.rewrite(Array("movq %rsi, (%rdi)\nmovq $1, %rax\nret".utf8))
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").dropFirst()
    #expect(lines.prefix(3) == ["\tleaq -128(%rsp), %rsp", "\tpushq %r10", "\tpushfq"])
  }

  @Test func aPrefixInAStatementOfItsOwnBelongsToTheNext() throws {
    for text in ["lock; incq (%rdi)", "lock\nincq (%rdi)", ".byte 0xf0\nincq (%rdi)"] {
      let lines = try rewritten(text, "ret")
      #expect(lines.contains { $0.hasSuffix("; incq (%rdi)") }, "\(lines)")
      #expect(lines.contains(".byte 3, 0"), "\(lines)")
    }
    let kept = try rewritten("lock", "orq $0, (%rdi)", "rep", "ret")
    #expect(kept.suffix(1) == ["rep; ret"])
  }

  @Test func aLockedOperationOnTheStackIsAFence() throws {
    let lines = try rewritten("lock orq $0, (%rsp)", "ret")
    #expect(lines.contains(".byte 4, 0") && !lines.contains { $0.hasPrefix("subq") })
  }

  @Test func anAddressThatIsANumberMayBeWatched() throws {
    let lines = try rewritten("movl %esi, 805306368", "ret")
    #expect(lines.contains { $0.hasPrefix("leaq 805306368, %") })
    let wide = try rewritten("movabsq %rax, 0x7f0000000000", "ret")
    #expect(wide.contains { $0.hasPrefix("movabsq $0x7f0000000000, %") })
  }

  @Test func theStackPointerThatIsStoredIsTheProgramsOwn() throws {
    let lines = try rewritten("movq %rsp, (%rdi)", "ret")
    let stored = try #require(lines.firstIndex(of: "movq %r11, (%rdi)"))
    #expect(lines[stored - 1] == "leaq 144(%rsp), %r11")
    #expect(refusal("xchgq %rsp, (%rdi)")?.reason.contains("the stack pointer") == true)
  }

  @Test func aConditionalMoveOfFloatingPointReadsTheFlags() throws {
    let lines = try rewritten(
      "fucomi %st(1), %st",
      "movq %rsi, (%rdi)",
      "fcmovne %st(1), %st",
      "ret"
    )
    #expect(lines.contains("pushfq"))
  }

  @Test func frameSlotsAreOnTheStackWhereTheFunctionHasAFrame() throws {
    let frame = ["f:", "pushq %rbp", "movq %rsp, %rbp", "movq %rax, -8(%rbp)", "popq %rbp", "ret"]
    #expect(try rewritten(frame.joined(separator: "\n")) == frame)
    let none = try rewritten("g:", "movq %rdi, %rbp", "movq %rax, -8(%rbp)", "ret")
    #expect(none.contains { $0.hasPrefix("leaq -8(%rbp)") })
  }

  @Test func aRequestToValgrindIsAMark() throws {
    let lines = try rewritten(
      "rolq $3, %rdi",
      "rolq $13, %rdi",
      "rolq $61, %rdi",
      "rolq $51, %rdi",
      "xchgq %rbx, %rbx"
    )
    #expect(lines.contains("call *fencepost_module+64(%rip)"))
    #expect(try !rewritten("xchgq %rbx, %rbx").contains { $0.hasPrefix("call") })
  }

  @Test func whatCannotBeRewrittenIsRefusedWithItsLine() {
    #expect(refusal("nop", ".intel_syntax noprefix")?.line == 2)
    #expect(refusal("xsavec (%rdi)")?.reason == "how it stores is not known: xsavec (%rdi)")
    #expect(refusal("vpscatterdd %zmm0, (%edi,%zmm1){%k1}")?.line == 1)
    #expect(refusal("vpscatterdd %zmm0, (%rdi,%zmm1){%k1}") == nil)
    #expect(refusal(".byte 0x66,0x0f,0xae,0x30")?.reason.contains("written as bytes") == true)
    #expect(refusal("movq %gs:(%rax), %rax") == nil)
  }

  @Test func theAssemblersInputIsFoundAmongItsWords() {
    let call = AssemblerCall(["--64", "-o", "x.o", "x.s"])
    #expect(call.input == "x.s" && call.words(input: "y.s") == ["--64", "-o", "x.o", "y.s"])
    #expect(AssemblerCall(["--64", "-o", "x.o"]).words(input: "y.s").last == "y.s")
    #expect(AssemblerCall(["--32", "x.s"]).isForOtherMachine)
  }
}
