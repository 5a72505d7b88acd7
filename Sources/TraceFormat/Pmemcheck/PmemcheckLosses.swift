import PersistencyModel

/// What a trace says that pmemcheck's log cannot, counted while it is written.
///
/// Source: pmemcheck reference, 1.2 and 1.3.
public struct PmemcheckLosses: Hashable, Sendable {
  /// Non-temporal stores, each written as a store and a flush of its bytes.
  public internal(set) var nonTemporal = 0
  /// Stores of more than one naturally aligned word, written as several.
  public internal(set) var split = 0
  /// Locked operations, each written as a fence and its store.
  public internal(set) var locked = 0
  /// Ordered flushes (`clflush`) and `msync`, each written as flushes and a fence.
  public internal(set) var ordered = 0
  /// Flush requests, which leave nothing where no router answered them.
  public internal(set) var requests = 0
  /// Events of disks, left out.
  public internal(set) var ofDisks = 0
  /// Events of other threads than the first, written as if by one.
  public internal(set) var ofOtherThreads = 0
  /// Flushes and fences whose place in the program was known.
  public internal(set) var placed = 0
  /// Operations, written as text.
  public internal(set) var operations = 0
  /// Names and labels in which a character was replaced.
  public internal(set) var renamed = 0

  /// Nothing is lost yet.
  public init() {}

  mutating func note(_ event: Event) {
    if event.thread > 0 { ofOtherThreads += 1 }
    if event.site > 0 && !event.kind.isStore { placed += 1 }
    switch event.kind {
    case .nonTemporalStore: nonTemporal += 1
    case .lockedStore, .lockedFence: locked += 1
    case .clflush, .msync: ordered += 1
    case .flushRequest: requests += 1
    case let kind where kind.isOfDisk: ofDisks += 1
    default: break
    }
    if event.kind.isStore && !event.kind.isOfDisk && !Self.isWord(event) { split += 1 }
  }

  private static func isWord(_ event: Event) -> Bool {
    [1, 2, 4, 8].contains(event.size) && event.address % UInt64(event.size) == 0
  }

  /// What is lost, in sentences; none where the log says everything.
  public var sentences: [String] {
    [
      (nonTemporal, "non-temporal stores are written as a store and a flush of its bytes"),
      (split, "stores are written in aligned words of up to 8 bytes"),
      (locked, "locked operations are written as a fence before a store"),
      (ordered, "clflush and msync are written as flushes and a fence, which orders more"),
      (requests, "flush requests are left out; the write-backs that answered them are written"),
      (ofDisks, "events of disks are left out"),
      (ofOtherThreads, "events of other threads are written as if there were one"),
      (placed, "flushes and fences lose their place in the program"),
      (operations, "operations are written as text"),
      (renamed, "names and labels have _ for a character that ends a record"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
  }
}
