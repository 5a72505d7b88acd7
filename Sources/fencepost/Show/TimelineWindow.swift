import PersistencyModel

/// A few consecutive events, one column each, with a row for each line that they touch.
struct TimelineWindow {
  /// The most lines that one event is drawn on.
  private static let tallest: UInt64 = 16
  private static let margin = 26

  /// Events drawn.
  private(set) var count = 0
  private let first: UInt64
  private var rows: [UInt64: [Character]] = [:]
  private var fences: Set<Int> = []
  private var marks: [Int: Character] = [:]

  init(first: UInt64) { self.first = first }

  /// Draws the next event.
  mutating func draw(_ event: Event) {
    defer { count += 1 }
    switch event.kind {
    case .sfence, .mfence, .lockedFence: fences.insert(count)
    case .flushRequest, .deepFlush, .msync, .diskFlush, .routedDiskFlush:
      marks[count] = event.kind.symbol
      if event.kind == .msync { fences.insert(count) }
    case .store, .nonTemporalStore, .lockedStore:
      let lines = CacheLine.covering(event.address, size: UInt64(event.size))
      for line in lines.prefix(Int(Self.tallest)) { put(event.kind.symbol, line) }
    default: put(event.kind.symbol, event.line.index)
    }
  }

  /// Draws the next event, a mark.
  mutating func drawMark() {
    marks[count] = "*"
    count += 1
  }

  /// The drawing.
  var text: String {
    var text = "\nevents \(first) to \(first + UInt64(count) - 1)\n"
    text += row("", ruler())
    if !marks.isEmpty {
      text += row(
        "marks, requests",
        (0..<count).map { marks[$0] ?? (fences.contains($0) ? "|" : " ") }
      )
    }
    for (line, symbols) in rows.sorted(by: { $0.key < $1.key }) {
      let name = "line \(line) \(EventWords.hexadecimal(line * 64))"
      text += row(name, (0..<count).map { column(symbols, $0) })
    }
    if rows.isEmpty { text += row("(no line touched)", (0..<count).map { column([], $0) }) }
    return text
  }

  private func column(_ symbols: [Character], _ index: Int) -> Character {
    if index < symbols.count, symbols[index] != " " { return symbols[index] }
    return fences.contains(index) ? "|" : "."
  }

  private mutating func put(_ symbol: Character, _ line: UInt64) {
    var row = rows[line] ?? []
    row.append(contentsOf: repeatElement(" ", count: count + 1 - row.count))
    row[count] = symbol
    rows[line] = row
  }

  /// Event numbers at every tenth column.
  private func ruler() -> [Character] {
    var ruler = [Character](repeating: " ", count: count + 12)
    for column in 0..<count where (first + UInt64(column)) % 10 == 0 {
      for (offset, digit) in String(first + UInt64(column)).enumerated() {
        ruler[column + offset] = digit
      }
    }
    return ruler
  }

  private func row(_ name: String, _ symbols: [Character]) -> String {
    let line = EventWords.padded(name, to: Self.margin) + String(symbols)
    return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
  }
}
