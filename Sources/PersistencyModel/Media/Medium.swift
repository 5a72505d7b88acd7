/// Persistent memory as a program sees it: loads, stores, flush requests, fences.
///
/// The same source of a cache runs on real mapped memory (recorded) and inside the checker (on a crash
/// state). Offsets are bytes from the medium's start, at least 0; values are little-endian. Accesses
/// outside `0..<size` are a programming error and trap. Word accesses are naturally aligned.
///
/// A program that runs on a crash state must be deterministic: what it does next may depend only on what
/// it has loaded.
public protocol Medium {
  /// Bytes of the medium.
  var size: Int { get }

  /// The 8 bytes at a multiple of 8.
  mutating func load64(at offset: Int) -> UInt64
  /// The 4 bytes at a multiple of 4.
  mutating func load32(at offset: Int) -> UInt32
  /// Fills `destination` with the bytes from `offset`.
  mutating func load(at offset: Int, into destination: inout MutableRawSpan)

  /// Whether the 8 bytes at a multiple of 8 are below `limit`.
  mutating func isBelow(_ limit: UInt64, at offset: Int) -> Bool
  /// Whether the 8 bytes at a multiple of 8 are `value`.
  mutating func holds(_ value: UInt64, at offset: Int) -> Bool
  /// The first of `candidates`, each as little-endian words, that `range` holds; `nil` if none.
  mutating func identify(_ range: Range<Int>, among candidates: [[UInt64]]) -> Int?
  /// Whether the little-endian checksum at `offset`, a multiple of its size, is that of `range`.
  mutating func matches(
    _ code: CyclicRedundancyCode,
    of range: Range<Int>,
    storedAt offset: Int
  ) -> Bool
  /// The same for any function.
  mutating func matches(
    _ function: DigestFunction,
    of range: Range<Int>,
    storedAt offset: Int
  ) -> Bool
  /// Calls `visit` for the rows of a table, ascending.
  ///
  /// Promised in return: what the program lets one observe about a key depends on the visits to rows that
  /// are committed with that key, and on no other rows; and the program makes no row committed: it
  /// never stores a sequence number below `limit` to a row, and run again it scans with no higher limit. The checker then looks at one key at a time.
  mutating func scan<Failure: Error>(
    _ table: RowTable,
    committedBelow limit: UInt64,
    _ visit: (TableRow, inout Self) throws(Failure) -> Void
  ) throws(Failure)

  /// One cached store of 8 bytes at a multiple of 8.
  mutating func store(_ value: UInt64, at offset: Int)
  /// One cached store of 4 bytes at a multiple of 4.
  mutating func store(_ value: UInt32, at offset: Int)
  /// One non-temporal store of 8 bytes at a multiple of 8.
  mutating func storeNonTemporal(_ value: UInt64, at offset: Int)
  /// One non-temporal store of 4 bytes at a multiple of 4.
  mutating func storeNonTemporal(_ value: UInt32, at offset: Int)

  /// Copies `bytes` to `offset`, a multiple of 8, by cached 8-byte stores in ascending order (the rest
  /// of under 8 bytes by smaller ones).
  mutating func copy(_ bytes: RawSpan, to offset: Int)
  /// Copies `bytes`, a multiple of 8 of them, to `offset`, a multiple of 8, by non-temporal 8-byte stores.
  mutating func copyNonTemporal(_ bytes: RawSpan, to offset: Int)

  /// Writes back the cache line of `offset` with the instruction (`clwb`), past any router.
  mutating func writeBackLine(at offset: Int)
  /// Asks the device, or the stack of devices, to flush `range`: goes through the router.
  mutating func requestFlush(_ range: Range<Int>)
  /// Waits for earlier flushes and non-temporal stores.
  mutating func fence()
}

extension Medium {
  /// The bytes of `range` as an array.
  public mutating func bytes(_ range: Range<Int>) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: range.count)
    var span = result.mutableSpan
    // SAFETY: every bit pattern is a valid UInt8.
    var raw = unsafe span.mutableBytes
    load(at: range.lowerBound, into: &raw)
    return result
  }
}
