internal import CShim
public import PersistencyModel

/// Mapped memory as the medium of a program: every access executed, nothing recorded.
///
/// On real persistent memory `fence` makes durable what was flushed. On a plain file flushes only reach
/// the page cache, so `fence` writes the pages that were flushed, or stored past the cache, to the disk.
public struct PlainMedium: Medium {
  private let stack: DeviceStack
  private let flusher = LineFlusher()
  private let needsMsync: Bool
  private var unsynced = 0..<0
  /// Fences so far.
  public private(set) var fenceCount = 0
  /// The first failure to write to the disk of a plain file; what came after it may not be durable.
  public private(set) var failure: TracerError?

  /// The memory of `stack`.
  ///
  /// With `writesPlainFilesToDisk` false a plain file is treated as persistent memory is: its fences only
  /// fence, which is what a measurement of the program wants, and no promise to a user.
  public init(_ stack: DeviceStack, writesPlainFilesToDisk: Bool = true) {
    self.stack = stack
    needsMsync = writesPlainFilesToDisk && !stack.isPersistentMemory
  }

  /// Bytes of the stack.
  public var size: Int { stack.size }

  /// The 8 bytes at a multiple of 8.
  public mutating func load64(at offset: Int) -> UInt64 {
    // SAFETY: an aligned word is mapped on one device.
    unsafe stack.word(at: offset, size: 8).load(as: UInt64.self)
  }

  /// The 4 bytes at a multiple of 4.
  public mutating func load32(at offset: Int) -> UInt32 {
    // SAFETY: an aligned word is mapped on one device.
    unsafe stack.word(at: offset, size: 4).load(as: UInt32.self)
  }

  /// Fills `destination` with the bytes from `offset`.
  public mutating func load(at offset: Int, into destination: inout MutableRawSpan) {
    stack.load(at: offset, into: &destination)
  }

  /// One cached store.
  public mutating func store(_ value: UInt64, at offset: Int) {
    // SAFETY: an aligned word is mapped on one device.
    unsafe cshim_store64(stack.word(at: offset, size: 8), value)
  }

  /// One cached store.
  public mutating func store(_ value: UInt32, at offset: Int) {
    // SAFETY: an aligned word is mapped on one device.
    unsafe cshim_store32(stack.word(at: offset, size: 4), value)
  }

  /// One non-temporal store.
  public mutating func storeNonTemporal(_ value: UInt64, at offset: Int) {
    // SAFETY: an aligned word is mapped on one device.
    unsafe cshim_movnti64(stack.word(at: offset, size: 8), value)
    note(offset..<(offset + 8))
  }

  /// One non-temporal store.
  public mutating func storeNonTemporal(_ value: UInt32, at offset: Int) {
    // SAFETY: an aligned word is mapped on one device.
    unsafe cshim_movnti32(stack.word(at: offset, size: 4), value)
    note(offset..<(offset + 4))
  }

  /// Cached stores in ascending order.
  public mutating func copy(_ bytes: RawSpan, to offset: Int) {
    stack.copy(.store, bytes, to: offset)
  }

  /// Non-temporal stores in ascending order.
  public mutating func copyNonTemporal(_ bytes: RawSpan, to offset: Int) {
    precondition(
      offset & 7 == 0 && bytes.byteCount & 7 == 0,
      "A non-temporal copy consists of aligned words"
    )
    stack.copy(.nonTemporalStore, bytes, to: offset)
    note(offset..<(offset + bytes.byteCount))
  }

  /// Writes back the line of `offset`.
  public mutating func writeBackLine(at offset: Int) {
    let line = offset & ~63
    // SAFETY: an aligned word is mapped on one device, and so is its line.
    unsafe flusher.flush(.clwb, stack.word(at: line, size: 8))
    note(line..<(line + 64))
  }

  /// Writes back every line of `range`, on whatever device it is.
  public mutating func requestFlush(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    for line in stride(from: range.lowerBound & ~63, to: range.upperBound, by: 64) {
      writeBackLine(at: line)
    }
  }

  /// Waits for earlier flushes and non-temporal stores, to the disk if the file is a plain one.
  public mutating func fence() {
    cshim_sfence()
    fenceCount += 1
    guard needsMsync, !unsynced.isEmpty else { return }
    do throws(TracerError) { try stack.msync(unsynced) } catch {
      if failure == nil { failure = error }
    }
    unsynced = 0..<0
  }

  /// Remembers what the next fence has to write to the disk.
  private mutating func note(_ range: Range<Int>) {
    guard needsMsync else { return }
    unsynced =
      unsynced.isEmpty
      ? range
      : min(unsynced.lowerBound, range.lowerBound)..<max(unsynced.upperBound, range.upperBound)
  }
}
