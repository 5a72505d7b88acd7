/// The code that takes an instruction's place.
///
/// It asks whether the address is watched and, where it is, executes the same instruction elsewhere, before a call of
/// the runtime; where there are several threads a lock is taken before. What is asked is in front of the
/// instruction, what is rarely done in a subsection.
struct StoreCode {
  /// Distinguishes labels of the file.
  let number: Int
  let statement: AssemblyStatement
  let form: StoreForm
  /// What may still be read before the instruction, beside by itself, and after it.
  let before: RegisterSet
  let after: RegisterSet
  private var lines: [String] = []

  private static let module = "fencepost_module"

  init(
    number: Int,
    statement: AssemblyStatement,
    form: StoreForm,
    before: RegisterSet,
    after: RegisterSet
  ) {
    self.number = number
    self.statement = statement
    self.form = form
    self.before = before
    self.after = after
  }

  private var areFlagsLive: Bool { before.contains(.flags) }

  /// The text that takes the instruction's place.
  mutating func text() -> String {
    lines = []
    if form.address == .none { order() } else { store() }
    return lines.map { "\t\($0)\n" }.joined()
  }

  // MARK: Stores and flushes

  /// A locked operation elsewhere may be a fence, and a scatter has many addresses: the runtime knows.
  private var asksForAddress: Bool { form.kind != .lockedStore && !form.isScattered }

  private mutating func store() {
    let free = RegisterSet.scratch.first { !before.contains($0.set) && !used.contains($0.set) }
    if asksForAddress { askForAddress(free) } else { askWhetherRecorded() }
    lines.append(".Lfp_i\(number):")
    lines.append(statement.text)
    lines.append(".Lfp_n\(number):")
    lines.append(".subsection 1")
    lines.append(".Lfp_s\(number):")
    comeBack(hasSpilled: asksForAddress && free == nil)
    recorded(free)
    describe()
    lines.append(".subsection 0")
  }

  private mutating func askForAddress(_ free: (set: RegisterSet, name: String, half: String)?) {
    if free == nil || areFlagsLive { lines.append("leaq -128(%rsp), %rsp") }
    if free == nil { lines.append("pushq %\(spilled.name)") }
    if areFlagsLive { lines.append("pushfq") }
    let scratch = (free ?? spilled).name
    address(in: scratch)
    lines.append("subq \(Self.module)(%rip), %\(scratch)")
    lines.append("cmpq \(Self.module)+8(%rip), %\(scratch)")
    lines.append("jb .Lfp_s\(number)")
    comeBack(hasSpilled: free == nil)
  }

  private mutating func askWhetherRecorded() {
    if areFlagsLive { lines += ["leaq -128(%rsp), %rsp", "pushfq"] }
    lines += ["cmpq $0, \(Self.module)+8(%rip)", "jne .Lfp_s\(number)"]
    comeBack(hasSpilled: false)
  }

  /// Takes back what was put on the stack to ask.
  private mutating func comeBack(hasSpilled: Bool) {
    if areFlagsLive { lines.append("popfq") }
    if hasSpilled { lines.append("popq %\(spilled.name)") }
    if hasSpilled || areFlagsLive { lines.append("leaq 128(%rsp), %rsp") }
  }

  private mutating func recorded(_ free: (set: RegisterSet, name: String, half: String)?) {
    let scratch = free ?? spilled
    lines.append("leaq -128(%rsp), %rsp")
    if free == nil { lines.append("pushq %\(scratch.name)") }
    let moreBytes = more(scratch.name, scratch.half)
    address(in: scratch.name)
    lines.append("pushq %\(scratch.name)")
    lines.append("leaq .Lfp_d\(number)(%rip), %\(scratch.name)")
    lines.append("pushq %\(scratch.name)")
    lock()
    let words = 16 + moreBytes
    let all = words + (free == nil ? 8 : 0) + 128
    let isPop = statement.mnemonic.hasPrefix("pop")
    // What it takes from the stack is not at its top here.
    if isPop { lines.append("pushq \(all)(%rsp)") }
    lines.append(elsewhere(scratch, stack: all))
    let isEnd = !after.contains(.flags) && form.shape != .compareAndSwap && form.shape != .repeated
    lines.append("call *\(Self.module)+\(isEnd ? 40 : 32)(%rip)")
    if free == nil { lines += ["leaq \(words)(%rsp), %rsp", "popq %\(scratch.name)"] }
    lines.append("leaq \((free == nil ? 128 : all) + (isPop ? 8 : 0))(%rsp), %rsp")
    lines.append("jmp .Lfp_n\(number)")
  }

  /// The instruction's text where so many bytes are on the stack; the stack pointer it stores is that without them.
  private mutating func elsewhere(
    _ scratch: (set: RegisterSet, name: String, half: String),
    stack: Int
  ) -> String {
    guard let register = statement.stackPointer else { return statement.text }
    lines.append("leaq \(stack)(%rsp), %\(scratch.name)")
    return statement.text.replacing(
      "%\(register)",
      with: "%\(register == "rsp" ? scratch.name : scratch.half)"
    )
  }

  /// From here on to the record no other thread stores.
  private mutating func lock() {
    guard !areFlagsLive else {
      lines.append("call *\(Self.module)+16(%rip)")
      return
    }
    lines += [
      "cmpq $0, \(Self.module)+72(%rip)", "je .Lfp_l\(number)",
      "call *\(Self.module)+24(%rip)", ".Lfp_l\(number):",
    ]
  }

  /// Pushes what the runtime must know beside the address: so many bytes.
  private mutating func more(_ scratch: String, _ half: String) -> Int {
    switch form.shape {
    case .plain, .compareAndSwap: return 0
    case .repeated: lines.append("pushq %rcx")
    case .value(let register):
      if let part = RegisterSet.named[register] {
        lines.append("pushq %\(Self.name(of: part.set))")
        return 8
      }
      let move = statement.mnemonic.hasPrefix("v") ? "vmovups" : "movups"
      lines += ["leaq -\(form.size)(%rsp), %rsp", "\(move) %\(register), (%rsp)"]
      return form.size
    case .masked(.register(let mask)), .compressed(.register(let mask)):
      // Without AVX-512BW there are 16 elements at most.
      lines.append(
        "\(form.count > 16 ? "kmovq" : "kmovw") %\(mask), %\(form.count > 16 ? scratch : half)"
      )
      lines.append("pushq %\(scratch)")
    case .masked(.signs(let vector, let instruction)),
      .compressed(.signs(let vector, let instruction)):
      lines.append("\(instruction) %\(vector), %\(half)")
      lines.append("pushq %\(scratch)")
    case .scattered(let scatter):
      return elements(scatter, scratch, half)
    }
    return 8
  }

  /// A scatter's mask, what its indices are, the indices and the values, as FORM_SCATTER has them.
  private mutating func elements(_ scatter: StoreForm.Scatter, _ scratch: String, _ half: String)
    -> Int
  {
    lines += [
      "leaq -128(%rsp), %rsp", "vmovdqu64 %\(scatter.indices), (%rsp)",
      "vmovdqu64 %\(scatter.values), 64(%rsp)",
      "pushq $\(scatter.scale << 8 | scatter.indexSize)",
      "kmovw %\(scatter.mask), %\(half)", "pushq %\(scratch)",
    ]
    return 144
  }

  private mutating func address(in scratch: String) {
    switch form.address {
    case .none: break
    case .register(let name): lines.append("leaq (%\(name)), %\(scratch)")
    case .bits(let operand, let register, let size):
      let shift = [2: 4, 4: 5, 8: 6][size] ?? 6
      let place = statement.operands[operand].text
      let whole = RegisterSet.named[register]?.set ?? []
      let wide = Self.name(of: whole)
      lines.append(
        size == 8
          ? "movq %\(wide), %\(scratch)" : "movs\(size == 4 ? "l" : "w")q %\(register), %\(scratch)"
      )
      lines.append("sarq $\(shift), %\(scratch)")
      let open = place.lastIndex(of: "(") ?? place.startIndex
      let base = statement.operands[operand].registers.first ?? ""
      lines.append("leaq \(place[..<open])(%\(base),%\(scratch),\(size)), %\(scratch)")
    case .operand(let operand):
      let place = statement.operands[operand]
      if case .scattered(let scatter) = form.shape {
        lines.append("leaq \(scatter.base), %\(scratch)")
      } else if place.segment == "gs" {
        // Only addresses without registers: see AssemblyRewriter.
        lines.append("rdgsbase %\(scratch)")
        lines.append("leaq \(place.text)(%\(scratch)), %\(scratch)")
      } else if statement.mnemonic.hasPrefix("movabs") {
        lines.append("movabsq $\(place.text), %\(scratch)")
      } else {
        lines.append("leaq \(place.text), %\(scratch)")
      }
    }
  }

  // MARK: Fences

  private mutating func order() {
    lines.append(".Lfp_i\(number):")
    lines.append(statement.text)
    let isLive = after.contains(.flags)
    if isLive { lines += ["leaq -128(%rsp), %rsp", "pushfq"] }
    lines += ["cmpq $0, \(Self.module)+8(%rip)", "jne .Lfp_s\(number)"]
    if isLive { lines += ["popfq", "leaq 128(%rsp), %rsp"] }
    lines += [".Lfp_n\(number):", ".subsection 1", ".Lfp_s\(number):"]
    if isLive { lines += ["popfq", "leaq 128(%rsp), %rsp"] }
    lines += [
      "leaq -136(%rsp), %rsp", "pushq %rax", "leaq .Lfp_d\(number)(%rip), %rax",
      "movq %rax, 8(%rsp)", "popq %rax", "call *\(Self.module)+\(isLive ? 48 : 56)(%rip)",
      "leaq 136(%rsp), %rsp",
      "jmp .Lfp_n\(number)",
    ]
    describe()
    lines.append(".subsection 0")
  }

  private mutating func describe() {
    lines.append(".Lfp_d\(number):")
    lines.append(".long .Lfp_i\(number) - .Lfp_d\(number)")
    lines.append(".short \(form.size)")
    lines.append(".byte \(form.kind.rawValue), \(form.shape.number)")
    lines.append(".short \(form.count), \(form.usual)")
  }

  // MARK: Registers

  /// What the instruction itself uses, with those that it does not name.
  private var used: RegisterSet {
    let effects = InstructionEffects(statement)
    return effects.reads.union(statement.allMentioned)
  }

  /// A register to put aside where none is free: none that the address needs.
  private var spilled: (set: RegisterSet, name: String, half: String) {
    let needed = statement.allMentioned.union([.rdi, .rcx])
    return RegisterSet.scratch.last { !needed.contains($0.set) } ?? RegisterSet.scratch[8]
  }

  private static func name(of set: RegisterSet) -> String {
    RegisterSet.named.first { $0.value.set == set && $0.value.size == 8 }?.key ?? "rax"
  }
}
