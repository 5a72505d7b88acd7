public import PersistencyModel

/// What a recording contains, by kind of event; printed so that "0 flushes" cannot hide.
public struct RecordingSummary: Hashable, Sendable, CustomStringConvertible {
  private var counts = [Int](repeating: 0, count: EventKind.allCases.count)
  /// Bytes of all events in compact form.
  public internal(set) var encodedBytes = 0
  /// Number of sites.
  public internal(set) var sites = 0

  init() {}

  /// Number of events of a kind.
  public internal(set) subscript(kind: EventKind) -> Int {
    get { counts[Int(kind.rawValue)] }
    set { counts[Int(kind.rawValue)] = newValue }
  }

  /// Number of all events.
  public var events: Int { counts.reduce(0, +) }

  /// Every kind with its number, zeros included, in the order of their raw values.
  public var description: String {
    EventKind.allCases.map { "\($0) \(self[$0])" }.joined(separator: ", ")
  }
}
