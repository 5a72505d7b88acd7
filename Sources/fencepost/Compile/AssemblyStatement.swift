/// One statement of assembly text for the GNU assembler, in AT&T syntax.
struct AssemblyStatement {
  /// Labels in front of it.
  var labels: [String] = []
  /// `lock`, `rep` and the like, in front of the mnemonic.
  var prefixes: [String] = []
  /// The instruction or directive (with its dot); empty for labels alone.
  var mnemonic = ""
  var operands: [AssemblyOperand] = []
  /// What follows the labels, as it was written, without comments.
  var text = ""

  var isDirective: Bool { mnemonic.hasPrefix(".") }
  var isInstruction: Bool { !mnemonic.isEmpty && !isDirective }

  private static let prefixWords: Set = [
    "lock", "rep", "repe", "repz", "repne", "repnz", "data16", "addr32", "notrack", "bnd", "cs",
    "ds", "es", "ss", "fs", "gs", "xacquire", "xrelease", "rex64", "rex.w", "{evex}", "{vex}",
    "{vex3}", "{disp32}", "{disp8}", "{load}", "{store}",
  ]

  /// Reads one statement.
  init(_ written: ArraySlice<UInt8>) {
    var rest = written.trimmed
    while let (label, behind) = Self.label(at: rest) {
      labels.append(label)
      rest = behind.trimmed
    }
    text = String(decoding: rest, as: UTF8.self)
    var word = Self.word(&rest)
    while Self.prefixWords.contains(word), !rest.isEmpty {
      prefixes.append(word)
      word = Self.word(&rest)
    }
    mnemonic = word
    // A prefix may be a statement of its own.
    if isInstruction { operands = rest.separated(by: UInt8(ascii: ",")).map(AssemblyOperand.init) }
  }

  private static func word(_ rest: inout ArraySlice<UInt8>) -> String {
    let word = rest.prefix { $0 > 0x20 }
    rest = rest.dropFirst(word.count).trimmed
    return String(decoding: word, as: UTF8.self).lowercased()
  }

  /// `NAME:` at the beginning.
  private static func label(at text: ArraySlice<UInt8>) -> (String, ArraySlice<UInt8>)? {
    let name: ArraySlice<UInt8>
    if text.first == UInt8(ascii: "\""),
      let end = text.dropFirst().firstIndex(of: UInt8(ascii: "\""))
    {
      name = text[...end]
    } else {
      name = text.prefix { $0.isOfSymbol }
    }
    let behind = text[name.endIndex...]
    guard !name.isEmpty, behind.first == UInt8(ascii: ":") else { return nil }
    return (String(decoding: name, as: UTF8.self), behind.dropFirst())
  }
}

extension AssemblyStatement {
  /// The name by which the stack pointer is an operand, where it is one.
  var stackPointer: String? {
    operands.lazy.compactMap(\.register).first { ["rsp", "esp", "sp", "spl"].contains($0) }
  }
}

/// An operand of an instruction.
struct AssemblyOperand {
  /// What an operand is.
  enum Kind: Equatable {
    /// A register, by its name without the percent sign.
    case register(String)
    case immediate
    case memory
  }

  let kind: Kind
  /// As it was written, without segment and mask.
  let text: String
  /// Segment register of memory.
  let segment: String?
  /// Registers between the parentheses of memory, base first; an empty word where there is none.
  let registers: [String]
  /// The mask register of an operand that has one.
  let mask: String?

  /// Reads an operand.
  init(_ written: ArraySlice<UInt8>) {
    var text = String(decoding: written.trimmed, as: UTF8.self)
    var mask: String?
    if text.hasSuffix("}"), let brace = text.firstIndex(of: "{") {
      let words = text[brace...].split(whereSeparator: { "{}%".contains($0) })
      mask = words.first { $0.hasPrefix("k") }.map(String.init)
      text = String(text[..<brace]).trimmingSpaces
    }
    var segment: String?
    if text.hasPrefix("%") {
      guard let colon = text.firstIndex(of: ":") else {
        self.init(.register(String(text.dropFirst())), text, mask: mask)
        return
      }
      segment = String(text[text.index(after: text.startIndex)..<colon])
      text = String(text[text.index(after: colon)...])
    }
    self.init(text.hasPrefix("$") ? .immediate : .memory, text, segment: segment, mask: mask)
  }

  private init(_ kind: Kind, _ text: String, segment: String? = nil, mask: String?) {
    self.kind = kind
    self.text = text
    self.segment = segment
    self.mask = mask
    registers = kind == .memory ? Self.registers(of: text) : []
  }

  private static func registers(of text: String) -> [String] {
    guard text.hasSuffix(")"), let open = text.lastIndex(of: "(") else { return [] }
    let inside = text[text.index(after: open)...].dropLast()
    return inside.split(separator: ",", omittingEmptySubsequences: false).prefix(2).map {
      String($0.drop { $0 == " " || $0 == "%" }).trimmingSpaces
    }
  }

  var isMemory: Bool { kind == .memory }

  /// Whether it is memory at an address that is written as a number.
  var isNumber: Bool { isMemory && (text.first?.isNumber == true || text.first == "-") }

  /// Memory's index register, what it is multiplied by, and the address without it; `nil` where there is none, and where
  /// an address has 32 bits.
  var indexed: (index: String, scale: Int, base: String)? {
    guard isMemory, registers.count == 2, !registers[0].hasPrefix("e"),
      !registers[0].hasSuffix("d"),
      let open = text.lastIndex(of: "(")
    else { return nil }
    let words = text[text.index(after: open)...].dropLast().split(
      separator: ",",
      omittingEmptySubsequences: false
    )
    let scale = words.count == 3 ? Int(String(words[2]).trimmingSpaces) : 1
    guard let scale else { return nil }
    let base = registers[0].isEmpty ? "" : "(%\(registers[0]))"
    let displacement = open == text.startIndex ? "0" : String(text[..<open])
    return (registers[1], scale, displacement + base)
  }

  /// The register, where it is one.
  var register: String? {
    if case .register(let name) = kind { return name }
    return nil
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    String(decoding: Array(utf8)[...].trimmed, as: UTF8.self)
  }
}
