public import PersistencyModel

/// An append log of numbers: a count, then a cache line for each record.
///
/// A record is durable before the count that includes it is stored, so that recovery never shows a
/// record that is not there.
public struct AppendLog<M: Medium> {
  /// A mistake for the tests to find.
  public enum Defect: Sendable {
    /// The record's line is flushed, and nothing waits for that before the count is stored.
    case noFenceBeforeCount
  }

  /// Why a log cannot be opened or appended to.
  public enum Refusal: Error, Equatable {
    /// The count says so many records, more than there is room for.
    case countOutOfRange(UInt64)
    /// There is no room for another record.
    case full
  }

  /// The records, oldest first.
  public private(set) var records: [UInt64] = []
  private var medium: M
  private let defect: Defect?

  /// Opens the log on a medium; one of zeros is an empty log.
  public init(on medium: M, defect: Defect? = nil) throws {
    self.medium = medium
    self.defect = defect
    let count = self.medium.load64(at: 0)
    guard count <= Self.capacity(medium.size) else { throw Refusal.countOutOfRange(count) }
    for number in 0..<Int(count) { records.append(self.medium.load64(at: Self.offset(number))) }
  }

  /// Appends a record; it is durable when this returns.
  public mutating func append(_ record: UInt64) throws {
    guard records.count < Self.capacity(medium.size) else { throw Refusal.full }
    let offset = Self.offset(records.count)
    medium.store(record, at: offset)
    medium.writeBackLine(at: offset)
    if defect != .noFenceBeforeCount { medium.fence() }
    records.append(record)
    medium.store(UInt64(records.count), at: 0)
    medium.writeBackLine(at: 0)
    medium.fence()
  }

  private static func capacity(_ size: Int) -> Int { size / 64 - 1 }
  private static func offset(_ number: Int) -> Int { 64 + number * 64 }
}
