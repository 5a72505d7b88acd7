/// A file of assembly text, its statements in order.
struct AssemblyFile {
  /// A statement and where it is.
  struct Item {
    /// From 0.
    var line: Int
    var statement: AssemblyStatement
    /// Whether the processor executes what is in this section.
    var isCode: Bool
  }

  let lines: [ArraySlice<UInt8>]
  private(set) var items: [Item] = []
  /// Lines whose statements are no longer as they were written.
  private(set) var changedLines: Set<Int> = []

  /// Reads a file; prefixes that are statements of their own are put in front of what they belong to.
  init(_ text: [UInt8]) {
    lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    var section = CodeSection()
    var reader = AssemblyLines()
    items.reserveCapacity(lines.count)
    for (number, line) in lines.enumerated() {
      for statement in reader.statements(of: line) {
        section.take(statement)
        add(Item(line: number, statement: statement, isCode: section.isCode))
      }
    }
  }

  /// Whether a compiler wrote it, which then says so.
  var isCompiled: Bool {
    items.contains { item in
      item.statement.mnemonic == ".ident"
        || item.statement.mnemonic == ".section" && item.statement.text.contains("swift")
    }
  }

  private mutating func add(_ item: Item) {
    guard let last = items.last, item.isCode, item.statement.isInstruction,
      item.statement.labels.isEmpty, let prefix = last.statement.lonePrefix
    else {
      items.append(item)
      return
    }
    var joined = item
    joined.statement.prefixes.insert(prefix, at: 0)
    joined.statement.labels = last.statement.labels
    joined.statement.text = last.statement.text + "; " + item.statement.text
    // The line of the prefix is the one that is replaced; this one is left out of it.
    joined.line = last.line
    items[items.count - 1] = joined
    guard item.line != last.line else { return }
    changedLines.formUnion([item.line, last.line])
    items.append(Item(line: item.line, statement: .nothing, isCode: true))
  }
}

extension AssemblyStatement {
  /// What stands for a statement that has moved to the one before.
  static let nothing = AssemblyStatement([])

  /// The prefix, where the statement is nothing else.
  fileprivate var lonePrefix: String? {
    guard prefixes.isEmpty, operands.isEmpty else { return nil }
    switch mnemonic {
    case "lock", "rep", "repe", "repz", "data16": return mnemonic
    case ".byte":
      let byte = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().joined()
      return ["0x66": "data16", "0xf0": "lock", "0xF0": "lock", "0xf3": "rep", "102": "data16"][
        byte
      ]
    default: return nil
    }
  }
}

/// Whether the section that is written to is executed.
private struct CodeSection {
  private(set) var isCode = true
  private var previous = true
  private var pushed: [(Bool, Bool)] = []

  mutating func take(_ statement: AssemblyStatement) {
    guard statement.isDirective else { return }
    switch statement.mnemonic {
    case ".text": change(to: true)
    case ".data", ".bss", ".rodata": change(to: false)
    case ".section": change(to: Self.isCode(statement.text))
    case ".pushsection":
      pushed.append((isCode, previous))
      change(to: Self.isCode(statement.text))
    case ".popsection":
      if let last = pushed.popLast() { (isCode, previous) = last }
    case ".previous": (isCode, previous) = (previous, isCode)
    default: break
    }
  }

  private mutating func change(to next: Bool) {
    previous = isCode
    isCode = next
  }

  private static func isCode(_ text: String) -> Bool {
    let words = text.split(separator: ",", maxSplits: 1)
    guard words.count == 2, let quote = words[1].firstIndex(of: "\"") else {
      return text.contains(".text")
    }
    return words[1][words[1].index(after: quote)...].prefix { $0 != "\"" }.contains("x")
  }
}
