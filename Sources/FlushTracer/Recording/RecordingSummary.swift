public import PersistencyModel

/// What a recording contains, by kind of event; printed so that "0 flushes" cannot hide.
public struct RecordingSummary: Hashable, Sendable, CustomStringConvertible {
  private let counts: [Int]
  /// Bytes of all events in compact form.
  public let encodedBytes: Int
  /// Number of sites.
  public let sites: Int

  init(counts: [Int], encodedBytes: Int, sites: Int) {
    self.counts = counts
    self.encodedBytes = encodedBytes
    self.sites = sites
  }

  /// Number of events of a kind.
  public subscript(kind: EventKind) -> Int { counts[Int(kind.rawValue)] }

  /// Number of all events.
  public var events: Int { counts.reduce(0, +) }

  /// Every kind with its number, zeros included, in the order of their raw values.
  public var description: String {
    EventKind.allCases.map { "\($0) \(self[$0])" }.joined(separator: ", ")
  }
}
