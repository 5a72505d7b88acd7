/// What an instruction reads and overwrites of the registers, and where the processor goes after it.
///
/// What is not known is taken to read everything, so that nothing of it is ever used for our own purposes.
struct InstructionEffects {
  /// Where the processor goes.
  enum Flow: Equatable {
    case next
    /// To a label of this file, or on.
    case branch(String)
    case jump(String)
    /// Nowhere that is known: what is live is in `reads`.
    case away
  }

  var reads: RegisterSet
  var overwrites: RegisterSet = []
  var flow = Flow.next

  /// The effects of a statement that is an instruction.
  init(_ statement: AssemblyStatement) {
    let mentioned = statement.operands.reduce(into: RegisterSet()) { $0.formUnion($1.mentioned) }
    reads = mentioned
    let name = statement.mnemonic
    if takeFlow(name, statement) { return }
    guard statement.prefixes.allSatisfy({ $0 == "lock" || $0 == "notrack" }) else {
      takeRepeated(statement)
      return
    }
    let isVector = statement.operands.contains { $0.isVector }
    if let group = InstructionGroups.known[name] {
      take(group, statement)
    } else if isVector, !name.contains("cmpest"), !name.contains("cmpist") {
      takeVector(name, statement)
    } else {
      reads = .everything
    }
  }

  private mutating func takeFlow(_ name: String, _ statement: AssemblyStatement) -> Bool {
    if name == "ret" || name == "retq" {
      reads = .beyond
      flow = .away
      return true
    }
    if name == "call" || name == "callq" {
      let isSpecial = statement.text.lowercased().contains("tls")
      reads = isSpecial ? .everything : reads.union(.arguments).union(Self.thunk(statement))
      overwrites = isSpecial ? [] : [.r11, .flags]
      return true
    }
    guard name.hasPrefix("j") else { return false }
    guard let target = statement.operands.first, statement.operands.count == 1,
      !statement.text.contains("*"), target.registers.isEmpty
    else {
      (reads, flow) = (.everything, .away)
      return true
    }
    // A label that another file may have is a function.
    let name = name.hasPrefix("jmp") ? "jmp" : name
    let isLocal = target.text.hasPrefix(".L")
    let isNumber = target.text.first?.isNumber == true
    reads = isLocal ? [] : isNumber ? .everything : .beyond.union(Self.thunk(statement))
    flow = name == "jmp" ? .jump(target.text) : .branch(target.text)
    if name != "jmp" { reads.formUnion(.flags) }
    if name.contains("cxz") { reads.formUnion(.rcx) }
    return true
  }

  /// What a piece of code reads that goes where a register says (`__llvm_retpoline_r11`, `__x86_indirect_thunk_r11`).
  private static func thunk(_ statement: AssemblyStatement) -> RegisterSet {
    statement.text.hasSuffix("_r11") ? .r11 : []
  }

  private mutating func takeRepeated(_ statement: AssemblyStatement) {
    let isString = ["movs", "stos"].contains { statement.mnemonic.hasPrefix($0) }
    let isSSE = statement.operands.contains(where: \.isVector)
    reads = isString && !isSSE ? [.rcx, .rsi, .rdi, .rax, statement.allMentioned] : .everything
  }

  private mutating func take(_ group: InstructionGroups.Group, _ statement: AssemblyStatement) {
    reads.formUnion(group.reads)
    overwrites = group.overwrites
    let last = statement.operands.last
    if group.isShift, !Self.shifts(statement) { overwrites = [] }
    guard let destination = last?.register, let part = RegisterSet.named[destination] else {
      return
    }
    let sources = statement.operands.dropLast()
      .reduce(into: group.reads) { $0.formUnion($1.mentioned) }
    if group.isZeroing, statement.operands.count == 2,
      statement.operands[0].text == statement.operands[1].text, part.size >= 4
    {
      reads.subtract(part.set)
      overwrites.formUnion(part.set)
    } else if group.isMove, part.size >= 4 {
      if !sources.contains(part.set) { reads.subtract(part.set) }
      overwrites.formUnion(part.set)
    }
  }

  /// Whether it surely shifts: by nothing, it leaves the flags as they are.
  private static func shifts(_ statement: AssemblyStatement) -> Bool {
    guard statement.operands.count == 2 else { return true }
    let register = statement.operands[1].register.flatMap { RegisterSet.named[$0] }
    let isWide = register?.size == 8 || statement.mnemonic.hasSuffix("q")
    let by = Int(statement.operands[0].text.dropFirst()) ?? 0
    return (1..<(isWide ? 64 : 32)).contains(by)
  }

  private static let tests: Set = [
    "ptest", "vptest", "vtestps", "vtestpd", "kortestb", "kortestw", "kortestd", "kortestq",
  ]

  private mutating func takeVector(_ name: String, _ statement: AssemblyStatement) {
    if name.hasPrefix("maskmov") || name.hasPrefix("vmaskmovdqu") { reads.formUnion(.rdi) }
    if name.hasPrefix("fcmov") { reads.formUnion(.flags) }
    if name.contains("comis") || Self.tests.contains(name) { overwrites.formUnion(.flags) }
    guard let destination = statement.operands.last?.register,
      let part = RegisterSet.named[destination], part.size >= 4
    else { return }
    let sources = statement.operands.dropLast().reduce(into: RegisterSet()) {
      $0.formUnion($1.mentioned)
    }
    if !sources.contains(part.set) { reads.subtract(part.set) }
    overwrites.formUnion(part.set)
  }
}

extension AssemblyStatement {
  /// All registers that are written out.
  var allMentioned: RegisterSet {
    operands.reduce(into: RegisterSet()) { $0.formUnion($1.mentioned) }
  }
}

extension AssemblyOperand {
  /// The registers that an operand names.
  var mentioned: RegisterSet {
    if let register { return RegisterSet.named[register]?.set ?? [] }
    var set = registers.reduce(into: RegisterSet()) {
      $0.formUnion(RegisterSet.named[$1]?.set ?? [])
    }
    // The target of an indirect jump or call is written with a star.
    if text.hasPrefix("*%") {
      set.formUnion(RegisterSet.named[String(text.dropFirst(2))]?.set ?? [])
    }
    return set
  }

  /// Whether it is a register of MMX, SSE, AVX, a mask, or of x87.
  var isVector: Bool {
    guard let register else { return false }
    return register.hasPrefix("xmm") || register.hasPrefix("ymm") || register.hasPrefix("zmm")
      || register.hasPrefix("mm") || register.hasPrefix("st")
      || register.hasPrefix("k") && register.dropFirst().allSatisfy(\.isNumber)
  }
}
