import PersistencyModel

/// The fast path: STORE, FLUSH and FENCE records exactly as pmemcheck writes them.
///
/// It stops before the first record that is anything else, or that the window may not hold whole.
struct PlainRecords {
  /// First byte of the first record not read.
  private(set) var next: Int
  /// Records read.
  private(set) var count = 0
  private let separator: UInt8

  init(next: Int, separator: UInt8) {
    self.next = next
    self.separator = separator
  }

  /// Reads whole records of `bytes` below `limit`.
  mutating func read<Sink: TraceSink>(
    _ bytes: Span<UInt8>,
    upTo limit: Int,
    _ events: inout PmemcheckEvents,
    into sink: inout Sink
  ) throws(TraceFormatError) {
    // Numbers end after 16 digits, so that no record without frames is looked at past its 64th byte.
    while next + 64 <= limit {
      let isRead: Bool
      switch bytes[next] {
      case UInt8(ascii: "S"): isRead = try readStore(bytes, upTo: limit, &events, &sink)
      case UInt8(ascii: "F"): isRead = try readFlushOrFence(bytes, &events, &sink)
      default: return
      }
      guard isRead else { return }
      count += 1
    }
  }

  @inline(__always)
  private mutating func readStore<Sink: TraceSink>(
    _ bytes: Span<UInt8>,
    upTo limit: Int,
    _ events: inout PmemcheckEvents,
    _ sink: inout Sink
  ) throws(TraceFormatError) -> Bool {
    guard hasWord(0x7830_3b45_524f_5453, bytes, at: next) else { return false }  // STORE;0x
    var index = next + 8
    guard let address = number(bytes, &index), isNextField(bytes, &index),
      let value = number(bytes, &index), isNextField(bytes, &index),
      let size = number(bytes, &index)
    else { return false }
    var site: SiteID = 0
    if bytes[index] == UInt8(ascii: ";") {
      guard let end = frameEnd(bytes, index + 1, limit) else { return false }
      site = try events.site(bytes.extracting((index + 1)..<end), to: &sink)
      index = end
    }
    guard bytes[index] == separator else { return false }
    try events.store(address, value: value, size: size, site: site, to: &sink)
    next = index + 1
    return true
  }

  @inline(__always)
  private mutating func readFlushOrFence<Sink: TraceSink>(
    _ bytes: Span<UInt8>,
    _ events: inout PmemcheckEvents,
    _ sink: inout Sink
  ) throws(TraceFormatError) -> Bool {
    if hasWord(0x7830_3b48_5355_4c46, bytes, at: next) {  // FLUSH;0x
      var index = next + 8
      guard let address = number(bytes, &index), isNextField(bytes, &index),
        let size = number(bytes, &index), bytes[index] == separator
      else { return false }
      try events.flush(address, size: size, to: &sink)
      next = index + 1
      return true
    }
    guard bytes[next + 1] == UInt8(ascii: "E"), bytes[next + 2] == UInt8(ascii: "N"),
      bytes[next + 3] == UInt8(ascii: "C"), bytes[next + 4] == UInt8(ascii: "E"),
      bytes[next + 5] == separator
    else { return false }
    try events.fence(to: &sink)
    next += 6
    return true
  }

  /// Whether the 8 bytes at `index`, read little-endian, are `word`.
  @inline(__always)
  private func hasWord(_ word: UInt64, _ bytes: Span<UInt8>, at index: Int) -> Bool {
    self.word(bytes, at: index) == word
  }

  /// The 8 bytes at `index`, read little-endian.
  @inline(__always)
  private func word(_ bytes: Span<UInt8>, at index: Int) -> UInt64 {
    // SAFETY: bytes have no padding, integers are valid for every pattern, and the load is bounds-checked.
    unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian
  }

  /// Passes `;0x`.
  @inline(__always)
  private func isNextField(_ bytes: Span<UInt8>, _ index: inout Int) -> Bool {
    guard bytes[index] == UInt8(ascii: ";"), bytes[index + 1] == UInt8(ascii: "0"),
      bytes[index + 2] == UInt8(ascii: "x")
    else { return false }
    index += 3
    return true
  }

  /// Passes 1 to 16 lower-case hexadecimal digits.
  @inline(__always)
  private func number(_ bytes: Span<UInt8>, _ index: inout Int) -> UInt64? {
    let first = HexadecimalWord(word(bytes, at: index))
    index += first.count
    guard first.count == 8 else { return first.count > 0 ? first.value : nil }
    let second = HexadecimalWord(word(bytes, at: index))
    index += second.count
    return second.count > 0 ? first.value << UInt64(4 * second.count) | second.value : first.value
  }

  /// The end of frames that are whole: at a separator after `)` or `?`, with no line end before it.
  private func frameEnd(_ bytes: Span<UInt8>, _ start: Int, _ limit: Int) -> Int? {
    guard let end = firstByte(separator, in: bytes, start..<limit), end > start else { return nil }
    let last = bytes[end - 1]
    guard last == UInt8(ascii: ")") || last == UInt8(ascii: "?") else { return nil }
    return firstByte(UInt8(ascii: "\n"), in: bytes, start..<end) == nil ? end : nil
  }
}
