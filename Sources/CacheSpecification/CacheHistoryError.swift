public import PersistencyModel

/// Why the operations of a trace are no history of a block cache.
public struct CacheHistoryError: Error, Hashable, Sendable {
  /// What is wrong, with the data that shows it.
  public enum Reason: Hashable, Sendable {
    /// The block size is no power of two of at least 512 bytes (dm-writecache reference 1.8).
    case blockSize(Int)
    /// The origin's length in bytes is no multiple of 512.
    case originLength(UInt64)
    /// The mark counts from an earlier crash point than the one before it, or from none of the trace.
    case outOfOrder
    /// An operation is acknowledged that was never begun.
    case neverBegun
    /// The number was begun before.
    case begunTwice
    /// The number was acknowledged before.
    case acknowledgedTwice
    /// A write or a discard of no sectors.
    case noSectors
    /// A write whose sectors are not whole blocks.
    case partialBlock(sectors: Range<UInt64>)
    /// Sectors past the end of the origin, which has so many bytes (2^64 - 1 where its length is not known).
    case outsideOrigin(sectors: Range<UInt64>, originLength: UInt64)
    /// Contents in an operation that writes nothing.
    case unexpectedContents
    /// A content number that the trace does not define.
    case undefinedContent(ContentID)
    /// A content whose size in bytes is no multiple of 512, or 0.
    case contentSize(ContentID, bytes: Int)
    /// Contents of one write that differ in size.
    case unequalContents(ContentID, bytes: Int, others: Int)
    /// Contents that together are larger or smaller than the sectors written.
    case contentsDoNotFill(sectors: Range<UInt64>, bytes: Int)
    /// A format after operations that need a formatted device, or a second one.
    case formatNotFirst
  }

  /// What is wrong.
  public var reason: Reason
  /// The operation concerned; `nil` where the fault is in an option.
  public var operation: UInt32?
  /// The crash point from which the mark counts, which is the 1-based number of its event.
  public var crashPoint: Int?

  /// An error.
  public init(_ reason: Reason, operation: UInt32? = nil, crashPoint: Int? = nil) {
    self.reason = reason
    self.operation = operation
    self.crashPoint = crashPoint
  }
}

extension CacheHistoryError: CustomStringConvertible {
  /// One sentence with event, operation and reason.
  public var description: String {
    let event = crashPoint.map { "event \($0): " } ?? ""
    let subject = operation.map { "operation #\($0) " } ?? ""
    return event + subject + reason.predicate
  }
}

extension CacheHistoryError.Reason {
  fileprivate var predicate: String {
    switch self {
    case .blockSize(let size):
      "the block size \(size) is no power of two of at least 512 bytes"
    case .originLength(let length): "the origin's \(length) bytes are no multiple of 512"
    case .outOfOrder: "is marked before an earlier mark or outside the trace"
    case .neverBegun: "is acknowledged and was never begun"
    case .begunTwice: "is begun a second time"
    case .acknowledgedTwice: "is acknowledged a second time"
    case .noSectors: "writes or discards no sectors"
    case .partialBlock(let sectors): "writes sectors \(sectors), which are not whole blocks"
    case .outsideOrigin(let sectors, let length):
      "reaches sectors \(sectors) of an origin of \(length) bytes"
    case .formatNotFirst: "formats a device that is formatted or in use"
    default: contentPredicate
    }
  }

  private var contentPredicate: String {
    switch self {
    case .undefinedContent(let content): "writes content number \(content), which is not defined"
    case .contentSize(let content, let bytes):
      "writes content number \(content) of \(bytes) bytes, no multiple of 512"
    case .unequalContents(let content, let bytes, let others):
      "writes content number \(content) of \(bytes) bytes beside others of \(others)"
    case .contentsDoNotFill(let sectors, let bytes):
      "writes sectors \(sectors) with contents of \(bytes) bytes in all"
    default: "has contents and writes nothing"
    }
  }
}
