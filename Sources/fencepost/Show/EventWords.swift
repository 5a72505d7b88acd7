import PersistencyModel

/// How events are called and drawn.
extension EventKind {
  /// The word of the glossary, or the instruction.
  var word: String {
    switch self {
    case .store: "store"
    case .nonTemporalStore: "nt store"
    case .lockedStore: "locked store"
    case .lockedFence: "locked fence"
    case .flushRequest: "flush request"
    case .routedWriteBack: "routed write-back"
    case .deepFlush: "deep flush"
    case .sectorWrite: "sector write"
    case .forcedSectorWrite: "forced sector"
    case .diskFlush: "disk flush request"
    case .routedDiskFlush: "disk flush"
    default: "\(self)"
    }
  }

  /// One character of a timeline.
  var symbol: Character {
    switch self {
    case .store: "s"
    case .nonTemporalStore: "n"
    case .lockedStore: "l"
    case .clwb: "w"
    case .clflushopt: "o"
    case .clflush: "c"
    case .routedWriteBack: "r"
    case .flushRequest: "R"
    case .deepFlush: "D"
    case .msync: "M"
    case .sfence, .mfence, .lockedFence: "|"
    case .sectorWrite: "d"
    case .forcedSectorWrite: "f"
    case .diskFlush: "F"
    case .routedDiskFlush: "x"
    case .mark: "*"
    }
  }

  /// What the symbols mean.
  static let legend =
    "s store  n nt store  l locked store  w clwb  o clflushopt  c clflush  r routed write-back\n"
    + "R flush request  D deep flush  M msync  | fence (sfence, mfence, locked)  * mark\n"
    + "d sector write  f forced sector write  F disk flush request  x disk flush\n"
}

/// Descriptions of events for lists.
enum EventWords {
  /// Everything about an event but its number and site.
  static func description(of event: Event, bytes: RawSpan) -> String {
    let thread = event.thread > 0 ? "T\(event.thread) " : ""
    return "\(thread)\(padded(event.kind.word, to: 17)) \(operand(of: event, bytes: bytes))"
  }

  /// A mark in words.
  static func description(of mark: Mark, contents: [String]) -> String {
    switch mark {
    case .label(let text): "label \(text.debugDescription)"
    case .acknowledge(let number): "operation \(number) acknowledged"
    case .begin(let operation): description(of: operation, contents: contents)
    }
  }

  /// A number as "0x" and hexadecimal digits.
  static func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

  /// A text made longer with spaces.
  static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// A number made longer with spaces before it.
  static func aligned(_ number: UInt64, to width: Int) -> String {
    let text = String(number)
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private static func operand(of event: Event, bytes: RawSpan) -> String {
    let place = "\(hexadecimal(event.address)) +\(event.size)"
    switch event.kind {
    case .store, .nonTemporalStore, .lockedStore:
      return "\(place) = \(value(of: event, bytes: bytes))"
    case .flushRequest: return "\(place) number \(event.payload)"
    case .routedWriteBack: return "\(hexadecimal(event.address)) for request \(event.payload)"
    case .clwb, .clflushopt, .clflush: return hexadecimal(event.address)
    case .deepFlush, .msync: return place
    case .sectorWrite, .forcedSectorWrite: return sector(of: event)
    case .diskFlush: return "number \(event.payload)"
    case .routedDiskFlush: return "\(hexadecimal(event.address)) for request \(event.payload)"
    case .lockedFence, .sfence, .mfence, .mark: return ""
    }
  }

  /// The sector's line and what is written to it, by number.
  private static func sector(of event: Event) -> String {
    let token = SectorToken(rawValue: event.payload)
    let what = token.content.map { "content \($0) sector \(token.sector)" } ?? "initial content"
    return "\(hexadecimal(event.address)) = \(what)"
  }

  private static func value(of event: Event, bytes: RawSpan) -> String {
    guard event.isHeapStore else { return hexadecimal(event.payload) }
    let shown = (0..<min(16, bytes.byteCount)).map { index in
      let text = String(bytes.byte(at: index), radix: 16)
      return text.count == 1 ? "0" + text : text
    }
    return shown.joined(separator: " ") + (bytes.byteCount > 16 ? " …" : "")
  }

  private static func description(of operation: Operation, contents: [String]) -> String {
    var text = "operation \(operation.number) begins: \(operation.kind.rawValue)"
    if operation.isForced { text += " fua" }
    if !operation.sectors.isEmpty {
      text += " sectors \(operation.sectors.lowerBound)+\(operation.sectors.count)"
    }
    let names = operation.contents.map { contents[Int($0)] }
    return names.isEmpty ? text : text + " content \(names.joined(separator: ","))"
  }
}
