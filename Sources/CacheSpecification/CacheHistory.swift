public import PersistencyModel

/// A mark of a trace and the crash point from which it counts.
public struct PlacedMark: Hashable, Sendable {
  /// Events complete when the mark counts: the 1-based number of the mark's own event.
  public var crashPoint: Int
  /// The mark.
  public var mark: Mark

  /// A mark at a crash point.
  public init(crashPoint: Int, mark: Mark) {
    self.crashPoint = crashPoint
    self.mark = mark
  }
}

/// What a trace's operations promise and permit at every crash point.
///
/// The plain model of a dm-writecache-like block cache (dm-writecache reference 4.1): it knows sectors,
/// contents, commits and their order, and nothing of entries, counters or recovery.
///
/// *Commit points* are flushes, forced writes, the cache's own commits and closes. A commit takes the
/// state of all blocks at one moment between its beginning and its acknowledgement (a forced write: with
/// its own blocks). Recovery must show the state of the newest durable commit: of an acknowledged one
/// with none acknowledged that was begun later, or of one in progress. That is G1 (nothing older), G2
/// (nothing in between), G3 (a block whole) and G4 (nothing that was replaced) at once; a commit in progress may
/// have happened or not. Writes in flight are in a commit in progress or not, block by block (G3 promises
/// no atomicity of several blocks where a commit overlaps the write). Discarded blocks may hold any
/// earlier content until they are rewritten and committed (G7). Opening changes nothing. Writing back may
/// commit, and has if it is forced: that is, if it returned with everything on the origin.
///
/// Where writes may go around the cache (`mayWriteAround`) they are promised what the origin promises (G7):
/// flushed ones survive, others may survive or not, each by itself and in parts (B1 to B4).
///
/// Before a format is begun nothing is promised. A history without a format describes a device that was
/// formatted, and holds nothing but the origin image, when the recording starts.
///
/// ## Limits
///
/// * Judged per block of the given size, contents are recognised by their bytes: where the same bytes
///   were written twice, the reading that accuses the cache least is taken.
/// * Only aligned blocks inside the origin can be read; an entry for another sector is for M4 to find.
/// * Operations may overlap in time in any way. Overlapping writes to one block may take effect in
///   either order, each block as a whole; the blocks of one write are not held to ascending order.
/// * The origin is healthy and takes discards as hints: it neither loses nor zeroes what was there.
/// * A write is promised as recorded. Errors returned to the caller and partial completion are not
///   modelled: an operation that failed is one that was never acknowledged.
/// * Which writes went around the cache is not known: with `mayWriteAround` all may have.
/// * Commits that the recording does not name are possible only with `autocommitEvery`, and then at
///   every moment at which so many blocks were written and not yet committed for certain: a permission
///   wider than the cache's own count, never a promise.
/// * One format, first; one incarnation: a history ends at the crash. What goes on after it is another
///   history, whose origin image is what was observed (`OriginImage.sectors`).
public struct CacheHistory: Sendable {
  /// Bytes of a block.
  public let blockSize: Int
  /// What the operations wrote and what the origin held under it; copy it to intern observed bytes.
  public let contents: ContentTable

  let timeline: Timeline
  let origin: OriginImage
  let blocks: [BlockTimeline]
  let originState: [BlockContent]
  let sets: AllowedSets
  let periods: [ObligationPeriod]
  let mayWriteAround: Bool
  let underneath: OriginImage

  /// The history of a trace.
  ///
  /// - Parameters:
  ///   - trace: Its marks count, its contents are referred to.
  ///   - blockSize: Bytes of a cache block, a power of two of at least 512.
  ///   - origin: What the device under the cache holds at the start.
  ///   - autocommitEvery: Uncommitted blocks, at least 1, from which on the cache may commit without
  ///     saying so; `nil` if all commits are recorded.
  ///   - underneath: What lies under the contents at the start, and shows where they are discarded; the
  ///     same as `origin` unless given.
  ///   - mayWriteAround: Whether writes may have gone to the origin directly (cleaner, metadata only).
  /// - Throws: The first operation that cannot be one, and why.
  public init(
    _ trace: Trace,
    blockSize: Int,
    origin: OriginImage = .zeros(length: nil),
    autocommitEvery: Int? = nil,
    underneath: OriginImage? = nil,
    mayWriteAround: Bool = false
  ) throws(CacheHistoryError) {
    var marks: [PlacedMark] = []
    for (index, event) in trace.events.enumerated() where event.kind == .mark {
      marks.append(PlacedMark(crashPoint: index + 1, mark: trace.mark(of: event)))
    }
    try self.init(
      marks: marks,
      contents: trace.contents,
      eventCount: trace.events.count,
      blockSize: blockSize,
      origin: origin,
      autocommitEvery: autocommitEvery,
      underneath: underneath,
      mayWriteAround: mayWriteAround
    )
  }

  /// The history of marks that come from elsewhere than a trace in memory.
  ///
  /// - Parameters:
  ///   - marks: In order; crash points do not descend.
  ///   - contents: By the numbers that operations refer to.
  ///   - eventCount: Events of the trace: crash points are `0...eventCount`.
  ///   - blockSize: Bytes of a cache block, a power of two of at least 512.
  ///   - origin: What the device under the cache holds at the start.
  ///   - autocommitEvery: Uncommitted blocks, at least 1, from which on the cache may commit without
  ///     saying so; `nil` if all commits are recorded.
  ///   - underneath: What lies under the contents at the start, and shows where they are discarded; the
  ///     same as `origin` unless given.
  ///   - mayWriteAround: Whether writes may have gone to the origin directly (cleaner, metadata only).
  /// - Throws: The first operation that cannot be one, and why.
  public init(
    marks: [PlacedMark],
    contents: [Content],
    eventCount: Int,
    blockSize: Int,
    origin: OriginImage = .zeros(length: nil),
    autocommitEvery: Int? = nil,
    underneath: OriginImage? = nil,
    mayWriteAround: Bool = false
  ) throws(CacheHistoryError) {
    precondition(autocommitEvery.map { $0 > 0 } ?? true, "An autocommit threshold is at least 1")
    let reader = try OperationReader(
      contents: contents,
      blockSize: blockSize,
      origin: origin,
      underneath: underneath ?? origin
    )
    timeline = try Timeline(marks, eventCount: eventCount, reader: reader)
    self.blockSize = blockSize
    self.origin = origin
    self.mayWriteAround = mayWriteAround
    self.underneath = underneath ?? origin
    var table = ContentTable(blockSize: blockSize)
    blocks = timeline.blocks(reader: reader, contents: &table)
    originState = blocks.map(\.origin)
    self.contents = table
    var builder = PeriodBuilder(
      timeline: timeline,
      blocks: blocks,
      autocommitEvery: autocommitEvery
    )
    builder.build()
    sets = builder.sets
    periods = builder.periods
  }

  /// Number of obligation periods; they are numbered from 0 and cover `0...eventCount`.
  public var periodCount: Int { periods.count }

  /// Crash points at which what is promised or permitted changes, ascending.
  public var boundaries: [Int] { periods.dropFirst().map(\.crashPoints.lowerBound) }

  /// The crash points of a period: a maximal range in which obligations do not change.
  public func crashPoints(of period: PeriodID) -> Range<Int> { periods[period].crashPoints }

  /// The period to which a crash point of the trace belongs; O(log periods).
  public func period(at crashPoint: Int) -> PeriodID {
    precondition(
      crashPoint >= 0 && crashPoint < timeline.crashPointCount,
      "A crash point is between 0 and the number of events"
    )
    var low = 0
    var high = periods.count - 1
    while low < high {
      let middle = (low + high) / 2
      if periods[middle].crashPoints.upperBound <= crashPoint {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  /// First sectors of the blocks that were ever written, ascending: all others read as the origin.
  public var writtenSectors: [UInt64] { blocks.map(\.sector) }
}
