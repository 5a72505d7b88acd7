/// The number of a block content in a trace.
public typealias ContentID = UInt32

/// The bytes of one block, kept once and referred to by number.
public struct Content: Hashable, Sendable {
  /// A name unique in the trace, such as "A" or "c17".
  public var name: String
  /// The bytes themselves; a digest only ever identifies them.
  public var bytes: [UInt8]

  /// A content.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

/// What an operation on a block device does.
public enum OperationKind: String, Sendable, CaseIterable {
  /// Initialise the device.
  case format
  /// Open, recover, resume.
  case open
  /// Write blocks.
  case write
  /// Make everything acknowledged before durable.
  case flush
  /// Commit on the cache's own account: by count, by time, before write-back.
  case commit
  /// Discard sectors.
  case discard
  /// Write cached blocks back to the origin.
  case writeBack
  /// Orderly stop.
  case close
}

/// One operation as its caller sees it, recorded as begun before its first store.
public struct Operation: Hashable, Sendable {
  /// Identity in the trace: an acknowledgement names it.
  public var number: UInt32
  /// What is done.
  public var kind: OperationKind
  /// FUA: durable when acknowledged, and everything acknowledged before it too (dm-writecache).
  public var isForced: Bool
  /// 512-byte sectors written or discarded; empty for the kinds that have none.
  public var sectors: Range<UInt64>
  /// New content of each block, in ascending order; all of one size; empty unless writing.
  public var contents: [ContentID]

  /// An operation.
  public init(
    number: UInt32,
    kind: OperationKind,
    isForced: Bool = false,
    sectors: Range<UInt64> = 0..<0,
    contents: [ContentID] = []
  ) {
    self.number = number
    self.kind = kind
    self.isForced = isForced
    self.sectors = sectors
    self.contents = contents
  }
}

/// A position in a trace that says something about the program rather than about memory.
public enum Mark: Hashable, Sendable {
  /// Free text; nothing is promised by it.
  case label(String)
  /// An operation was asked for; from here on its effects may appear.
  case begin(Operation)
  /// The operation of that number was reported complete to its caller.
  case acknowledge(UInt32)
}
