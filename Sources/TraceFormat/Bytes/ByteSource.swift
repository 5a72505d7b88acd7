/// The decoded bytes of a file, in a window that moves forward.
///
/// zstd is recognised by its magic. Memory is one window, as large as the longest record asked for.
struct ByteSource: ~Copyable {
  /// The longest record, in bytes, that a window grows to hold.
  static let maximumWindow = 1 << 24
  private static let firstWindow = 1 << 18

  /// The name for messages.
  let name: String
  /// The bytes; those not consumed are `buffer[start..<end]`.
  private(set) var buffer = [UInt8](repeating: 0, count: ByteSource.firstWindow)
  /// First byte not consumed.
  private(set) var start = 0
  /// One past the last byte read.
  private(set) var end = 0
  /// Position of `buffer[start]` in the decoded file.
  private(set) var offset: UInt64 = 0
  /// Whether the whole file has been read into the window or consumed.
  private(set) var isAtEnd = false
  private var raw: RawInput
  private var decoder: ZstdDecoder?
  private var hasher = SHA256()
  private var isHashing = true

  /// Opens a file; "-" is standard input.
  static func open(_ path: String) throws(TraceFormatError) -> ByteSource {
    let raw = try RawInput(path: path)
    var source = ByteSource(raw, name: path == "-" ? "standard input" : path)
    try source.begin()
    return source
  }

  /// Reads bytes in memory under a name.
  static func open(bytes: [UInt8], name: String) throws(TraceFormatError) -> ByteSource {
    var source = ByteSource(RawInput(bytes: bytes, name: name), name: name)
    try source.begin()
    return source
  }

  private init(_ raw: consuming RawInput, name: String) {
    self.name = name
    self.raw = raw
  }

  /// Bytes in the window that are not consumed.
  var available: Int { end - start }

  /// Digest of everything consumed.
  var digest: TraceDigest { TraceDigest(bytes: hasher.digest()) }

  /// Reads more behind the window; `false` at the end of the file.
  mutating func fill() throws(TraceFormatError) -> Bool {
    guard !isAtEnd else { return false }
    try makeRoom()
    let count: Int
    do throws(TraceFormatError) {
      count = try readOnce()
    } catch { throw error.located(in: name, at: .byte(offset + UInt64(available))) }
    end += count
    isAtEnd = count == 0
    return count > 0
  }

  /// Moves the window's start by `count` bytes that are in it.
  mutating func consume(_ count: Int) {
    precondition(count >= 0 && count <= available, "Only bytes in the window are consumed")
    let range = start..<(start + count)
    start += count
    offset += UInt64(count)
    guard isHashing else { return }
    // SAFETY: the range is inside the array.
    unsafe buffer.withUnsafeBytes {
      unsafe hasher.update(UnsafeRawBufferPointer(rebasing: $0[range]).bytes)
    }
  }

  /// Consumes everything up to the end of the file.
  mutating func drain() throws(TraceFormatError) {
    repeat { consume(available) } while try fill()
  }

  /// Starts again from the first byte, with a fresh digest.
  mutating func rewind() throws(TraceFormatError) {
    try raw.makeRewindable()
    try raw.rewind()
    start = 0
    end = 0
    offset = 0
    isAtEnd = false
    hasher = SHA256()
    isHashing = true
    try begin()
  }

  /// Stops the digest until the next `rewind`: a pass whose digest nobody asks for.
  mutating func stopHashing() { isHashing = false }

  /// Lets go of what only a later `rewind` would need.
  mutating func forgetHead() { raw.forget() }

  private mutating func begin() throws(TraceFormatError) {
    decoder = nil
    while end < ZstdDecoder.magic.count, try fill() {}
    guard end >= ZstdDecoder.magic.count, Array(buffer[0..<4]) == ZstdDecoder.magic else { return }
    decoder = ZstdDecoder(head: [])
    try raw.makeRewindable()
    try raw.rewind()
    end = 0
    isAtEnd = false
  }

  private mutating func makeRoom() throws(TraceFormatError) {
    if start > 0, end == buffer.count || available == 0 { compact() }
    guard end == buffer.count else { return }
    guard buffer.count < Self.maximumWindow else {
      throw TraceFormatError(
        .tooLong(limit: Self.maximumWindow),
        file: name,
        position: .byte(offset)
      )
    }
    buffer.append(contentsOf: repeatElement(0, count: buffer.count))
  }

  private mutating func compact() {
    let range = start..<end
    // SAFETY: source and target are inside the array; memmove semantics allow overlap.
    unsafe buffer.withUnsafeMutableBytes { bytes in
      unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[0..<range.count])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
    end -= start
    start = 0
  }

  private mutating func readOnce() throws(TraceFormatError) -> Int {
    var result: Result<Int, TraceFormatError> = .success(0)
    let free = end..<buffer.count
    // SAFETY: the free part is inside the array, which outlives the call.
    unsafe buffer.withUnsafeMutableBytes { bytes in
      let target = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[free])
      do throws(TraceFormatError) {
        if let decoder {
          result = .success(unsafe try decoder.read(into: target, from: &raw))
        } else {
          result = .success(unsafe try raw.read(into: target))
        }
      } catch { result = .failure(error) }
    }
    return try result.get()
  }
}
