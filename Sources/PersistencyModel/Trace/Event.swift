/// What an event of a trace does.
///
/// The raw values are part of the binary trace format and never change meaning.
public enum EventKind: UInt8, Sendable, CaseIterable {
  /// A cached store: visible at once, durable when its line is written back.
  case store = 0
  /// A store that bypasses the cache (`movnti`, `movntdq`): needs a fence and no flush.
  case nonTemporalStore = 1
  /// A locked read-modify-write: a fence for what precedes it, then a store that never tears inside a line.
  case lockedStore = 2
  /// A locked operation whose store, if any, is not recorded: a fence only.
  case lockedFence = 3
  /// Write-back of one line, weakly ordered.
  case clwb = 4
  /// Write-back and eviction of one line, weakly ordered.
  case clflushopt = 5
  /// Write-back and eviction of one line, ordered with stores and with its kind.
  case clflush = 6
  /// A store fence.
  case sfence = 7
  /// A full fence.
  case mfence = 8
  /// A request to flush a range, which a router turns into write-backs on devices.
  case flushRequest = 9
  /// A line write-back that a router issued for a request; its payload is the request's number.
  case routedWriteBack = 10
  /// A flush of a range beyond the write-pending queue (flush hints, `pmem_deep_persist`).
  case deepFlush = 11
  /// `msync` of a range: a weak flush of each of its lines, then a fence.
  case msync = 12
  /// A mark; its payload is the mark's number in the trace.
  case mark = 13
  /// A write of one sector of a disk, by its `SectorToken`: durable after a flush of the disk.
  case sectorWrite = 14
  /// A write of one sector that is durable when it is complete (FUA).
  case forcedSectorWrite = 15
  /// A request to flush the disks, which a router turns into flushes of disk devices.
  case diskFlush = 16
  /// The flush of one disk that a router issued; its address lies on the disk, its payload is the
  /// request's number.
  case routedDiskFlush = 17

  /// Whether the event writes bytes.
  public var isStore: Bool { rawValue <= EventKind.lockedStore.rawValue || isSectorWrite }

  /// Whether the event writes a sector of a disk.
  public var isSectorWrite: Bool { self == .sectorWrite || self == .forcedSectorWrite }

  /// Whether the event belongs to disks: nothing of it concerns memory.
  public var isOfDisk: Bool { rawValue >= EventKind.sectorWrite.rawValue }

  /// Whether the event asks for something that a router carries out.
  public var isRequest: Bool { self == .flushRequest || self == .diskFlush }

  /// Whether a router issued the event for a request.
  public var isRouted: Bool { self == .routedWriteBack || self == .routedDiskFlush }

  /// Whether the event waits for earlier weak flushes and non-temporal stores of its thread.
  public var isOrdering: Bool {
    switch self {
    case .lockedStore, .lockedFence, .sfence, .mfence, .msync: true
    default: false
    }
  }

  /// Whether the event writes back exactly the line of its address.
  public var isLineFlush: Bool {
    switch self {
    case .clwb, .clflushopt, .clflush, .routedWriteBack: true
    default: false
    }
  }
}

/// The number of a thread in a trace, below 4,096; 0 is the first.
public typealias ThreadID = UInt16

/// The number of a site in a trace, below 2^24; 0 means that the site is not known.
public typealias SiteID = UInt32

/// One event of a trace, in 24 bytes.
///
/// A store of up to 8 bytes carries its value in `payload`, little-endian and zero-extended; a longer
/// one has there the offset of its bytes in the trace's heap. Otherwise `payload` is the number of a
/// request (`flushRequest`, `diskFlush` and what routers issue for them) or of a mark (`mark`), and 0 where
/// nothing is meant.
public struct Event: Hashable, Sendable {
  /// The largest store or range, in bytes, that one event can hold.
  public static let maximumSize = (1 << 20) - 1
  /// The largest thread number.
  public static let maximumThread: ThreadID = 4095
  /// The largest site number.
  public static let maximumSite: SiteID = (1 << 24) - 1

  /// First byte stored or flushed; 0 where the kind has no address.
  public let address: UInt64
  /// Value, heap offset, request number or mark number.
  public var payload: UInt64
  private let sizeAndThread: UInt32
  private let siteAndKind: UInt32

  /// An event; the caller keeps each quantity within the limits above.
  public init(
    _ kind: EventKind,
    address: UInt64 = 0,
    size: Int = 0,
    payload: UInt64 = 0,
    thread: ThreadID = 0,
    site: SiteID = 0
  ) {
    precondition(size >= 0 && size <= Self.maximumSize, "An event's size fits 20 bits")
    precondition(thread <= Self.maximumThread, "A thread number fits 12 bits")
    precondition(site <= Self.maximumSite, "A site number fits 24 bits")
    self.address = address
    self.payload = payload
    sizeAndThread = UInt32(truncatingIfNeeded: size) << 12 | UInt32(thread)
    siteAndKind = site << 8 | UInt32(kind.rawValue)
  }

  /// What the event does.
  public var kind: EventKind {
    EventKind(rawValue: UInt8(truncatingIfNeeded: siteAndKind)) ?? .mark
  }
  /// Bytes stored, or bytes of the flushed range; 64 for a line flush, else 0.
  public var size: Int { Int(sizeAndThread >> 12) }
  /// Who did it.
  public var thread: ThreadID { ThreadID(truncatingIfNeeded: sizeAndThread & 0xfff) }
  /// Where in the program it was done.
  public var site: SiteID { siteAndKind >> 8 }
  /// The cache line of the event's first byte.
  public var line: CacheLine { CacheLine(containing: address) }
  /// Whether the bytes of this store are in the trace's heap.
  public var isHeapStore: Bool { kind.isStore && size > 8 }
}
