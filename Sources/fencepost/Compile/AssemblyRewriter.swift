/// Rewrites assembly text so that the runtime hears of stores, flushes and fences where a program is recorded.
struct AssemblyRewriter {
  /// Why a file cannot be rewritten.
  struct Refusal: Error, Equatable {
    /// From 1.
    var line: Int
    var reason: String
  }

  /// Instructions that were rewritten.
  private(set) var count = 0
  /// What is left as it is though it may store, with lines from 1.
  private(set) var notes: [Refusal] = []
  private let isStrict: Bool

  /// - Parameter isStrict: whether an instruction that may store in an unknown way is refused.
  init(isStrict: Bool) { self.isStrict = isStrict }

  /// The rewritten text.
  mutating func rewrite(_ text: [UInt8]) throws(Refusal) -> [UInt8] {
    let file = AssemblyFile(text)
    let liveness = AssemblyLiveness(file)
    let frames = FramePointers(file)
    var replaced: [Int: [(item: Int, text: String)]] = [:]
    for number in file.items.indices {
      let code = try code(for: number, in: file, liveness, isFrame: frames.isFrame(at: number))
      if let code { replaced[file.items[number].line, default: []].append((number, code)) }
    }
    return Self.text(of: file, replaced)
  }

  private mutating func code(
    for number: Int,
    in file: AssemblyFile,
    _ liveness: AssemblyLiveness,
    isFrame: Bool
  ) throws(Refusal) -> String? {
    let item = file.items[number]
    let statement = item.statement
    guard item.isCode, !statement.mnemonic.isEmpty else { return nil }
    if statement.isDirective {
      try refuse(directive: statement, line: item.line + 1)
      return nil
    }
    if isRequest(number, in: file) { return Self.request(statement, count: next()) }
    guard let form = try form(of: statement, isFrame: isFrame, line: item.line + 1) else {
      return nil
    }
    var code = StoreCode(
      number: next(),
      statement: statement,
      form: form,
      before: liveness.before(number),
      after: liveness.after(number)
    )
    return code.text()
  }

  private mutating func next() -> Int {
    count += 1
    return count
  }

  /// How a statement stores to what may be persistent memory; `nil` where it does not.
  private mutating func form(
    of statement: AssemblyStatement,
    isFrame: Bool,
    line: Int
  ) throws(Refusal) -> StoreForm? {
    switch StoreForms.use(of: statement) {
    case .nothing: return nil
    case .unknown:
      guard let place = statement.operands.last, isPersistent(place, isFrame) else { return nil }
      try complain("how it stores is not known: \(statement.text)", line)
      return nil
    case .form(var form):
      guard let operand = form.address.operand else { return form }
      let place = statement.operands[operand]
      if isPersistent(place, isFrame) {
        if let reason = Self.obstacle(form, place) ?? Self.obstacle(statement) {
          try complain("\(reason): \(statement.text)", line)
          return nil
        }
        return form
      }
      // A locked operation on the stack is the usual way to write a fence.
      guard form.kind == .lockedStore else { return nil }
      form = StoreForm(kind: .lockedFence)
      return form
    }
  }

  /// Whether memory may be persistent: the stack, a thread's own and variables are not.
  ///
  /// A number is an address where somebody mapped something.
  private func isPersistent(_ place: AssemblyOperand, _ isFrame: Bool) -> Bool {
    if place.segment == "fs" { return false }
    if place.segment == "gs" { return true }
    guard let base = place.registers.first else { return place.isNumber }
    return base != "rsp" && base != "rip" && base != "esp" && !(base == "rbp" && isFrame)
  }

  private static func obstacle(_ form: StoreForm, _ place: AssemblyOperand) -> String? {
    if place.segment == "gs", !place.registers.isEmpty {
      return "an address with the segment gs and registers"
    }
    let hasVectors = place.registers.contains { name in
      "xyz".contains(name.prefix(1)) && name.hasSuffix("mm")
    }
    if hasVectors, !form.isScattered { return "how it stores is not known" }
    if case .bits = form.address, place.registers.count > 1 {
      return "a bit behind an address with two registers"
    }
    return nil
  }

  /// The stack pointer is another one where an instruction is executed out of line.
  private static func obstacle(_ statement: AssemblyStatement) -> String? {
    guard let register = statement.stackPointer else { return nil }
    let changes = statement.mnemonic.hasPrefix("xchg") || statement.mnemonic.hasPrefix("xadd")
    guard changes || register.hasPrefix("sp") else { return nil }
    return "the stack pointer, changed or in part"
  }

  private mutating func complain(_ reason: String, _ line: Int) throws(Refusal) {
    let refusal = Refusal(line: line, reason: reason)
    if isStrict { throw refusal }
    notes.append(refusal)
  }

  private mutating func refuse(directive statement: AssemblyStatement, line: Int) throws(Refusal) {
    switch statement.mnemonic {
    case ".intel_syntax":
      throw Refusal(line: line, reason: "Intel syntax is not read; compile without -masm=intel")
    case ".code16", ".code32":
      throw Refusal(line: line, reason: "only code of 64 bits is rewritten")
    case ".byte"
    where statement.text.lowercased().contains("0x0f,0xae")
      || statement.text.lowercased().contains("0x0f, 0xae"):
      try complain("a flush or fence written as bytes: \(statement.text)", line)
    default: break
    }
  }

  // MARK: Requests to Valgrind

  /// The exchange that ends a client request, behind the rotations that begin it.
  private func isRequest(_ number: Int, in file: AssemblyFile) -> Bool {
    guard number > 0, file.items[number].statement.mnemonic == "xchgq",
      file.items[number].statement.operands.map(\.text) == ["%rbx", "%rbx"]
    else { return false }
    let before = file.items[number - 1].statement
    return before.mnemonic == "rolq" && before.operands.map(\.text) == ["$51", "%rdi"]
  }

  /// The request is in memory that rax points to; the flags are not the program's here.
  private static func request(_ statement: AssemblyStatement, count: Int) -> String {
    """
    \t\(statement.text)
    \tcmpq $0, fencepost_module+8(%rip)
    \tje .Lfp_n\(count)
    \tleaq -128(%rsp), %rsp
    \tpushq %rax
    \tcall *fencepost_module+64(%rip)
    \tleaq 136(%rsp), %rsp
    .Lfp_n\(count):

    """
  }

  // MARK: Writing

  private static func text(
    of file: AssemblyFile,
    _ replaced: [Int: [(item: Int, text: String)]]
  ) -> [UInt8] {
    var output = Array("\t.hidden fencepost_module\n".utf8)
    output.reserveCapacity(file.lines.reduce(0) { $0 + $1.count } * 2)
    var begins: [Int: [Int]] = [:]
    for (number, item) in file.items.enumerated() { begins[item.line, default: []].append(number) }
    for (number, line) in file.lines.enumerated() {
      let own = begins[number] ?? []
      guard replaced[number] != nil || file.changedLines.contains(number) else {
        output.append(contentsOf: line)
        output.append(UInt8(ascii: "\n"))
        continue
      }
      let codes = Dictionary(
        uniqueKeysWithValues: (replaced[number] ?? []).map { ($0.item, $0.text) }
      )
      for item in own {
        let statement = file.items[item].statement
        // It has moved to the statement before.
        if statement.text.isEmpty && statement.labels.isEmpty { continue }
        for label in statement.labels { output.append(contentsOf: "\(label):\n".utf8) }
        output.append(contentsOf: (codes[item] ?? "\t\(statement.text)\n").utf8)
      }
    }
    return output
  }
}

extension StoreForm.Address {
  /// The number of the operand that the address is.
  fileprivate var operand: Int? {
    switch self {
    case .operand(let number), .bits(let number, _, _): number
    case .register, .none: nil
    }
  }
}

/// Where rbp points to the frame of its function: what is at it is on the stack.
private struct FramePointers {
  private var isFrame: [Bool]

  init(_ file: AssemblyFile) {
    isFrame = [Bool](repeating: false, count: file.items.count)
    var begin = 0
    for end in file.items.indices.dropFirst() where file.items[end].statement.beginsFunction {
      mark(begin..<end, file)
      begin = end
    }
    mark(begin..<file.items.count, file)
  }

  func isFrame(at item: Int) -> Bool { isFrame[item] }

  private mutating func mark(_ range: Range<Int>, _ file: AssemblyFile) {
    let code = range.lazy.filter { file.items[$0].isCode && file.items[$0].statement.isInstruction }
      .map { file.items[$0].statement }
    let writers = code.filter { statement in
      statement.operands.last?.register == "rbp"
        && !["pushq", "popq", "push", "pop"].contains(statement.mnemonic)
    }
    guard !writers.isEmpty,
      writers.allSatisfy({ $0.operands.first?.text == "%rsp" && $0.mnemonic.hasPrefix("mov") })
    else { return }
    for number in range { isFrame[number] = true }
  }
}

extension AssemblyStatement {
  /// A label that other files may know begins another function.
  fileprivate var beginsFunction: Bool {
    labels.contains { !$0.hasPrefix(".L") && $0.first?.isNumber == false }
  }
}
