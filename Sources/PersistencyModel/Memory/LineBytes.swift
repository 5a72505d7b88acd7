/// The 64 bytes of one cache line, held as eight little-endian words.
///
/// Word `i` holds bytes `8*i ..< 8*i+8`. Everything is constant time.
public struct LineBytes: Hashable, Sendable {
  /// The eight words.
  public var words: SIMD8<UInt64>

  /// A line of zeros.
  public init() { words = .zero }

  /// A line from its eight words.
  public init(words: SIMD8<UInt64>) { self.words = words }

  /// A line from up to 64 bytes; what is not given is zero.
  public init(_ bytes: some Sequence<UInt8>) {
    words = .zero
    for (offset, byte) in bytes.prefix(64).enumerated() { self[offset] = byte }
  }

  /// The byte at an offset below 64.
  public subscript(offset: Int) -> UInt8 {
    get { UInt8(truncatingIfNeeded: words[offset >> 3] >> UInt64((offset & 7) * 8)) }
    set {
      let shift = UInt64((offset & 7) * 8)
      words[offset >> 3] = (words[offset >> 3] & ~(0xff << shift)) | (UInt64(newValue) << shift)
    }
  }

  /// The 64 bytes in memory order.
  public var bytes: [UInt8] { (0..<64).map { self[$0] } }

  /// This line with the bytes selected by `mask` (0xff in each chosen byte) taken from `other`.
  public func merging(_ other: LineBytes, mask: LineBytes) -> LineBytes {
    LineBytes(words: (words & ~mask.words) | (other.words & mask.words))
  }

  /// The bytes selected by `mask`; zero elsewhere.
  public func masked(by mask: LineBytes) -> LineBytes { LineBytes(words: words & mask.words) }

  /// A mask selecting bytes of `range`, a part of `0..<64`.
  public static func mask(_ range: Range<Int>) -> LineBytes {
    var mask = LineBytes()
    for word in 0..<8 {
      let low = max(range.lowerBound - word * 8, 0)
      let high = min(range.upperBound - word * 8, 8)
      guard low < high else { continue }
      let ones = high - low == 8 ? UInt64.max : (UInt64(1) << UInt64((high - low) * 8)) - 1
      mask.words[word] = ones << UInt64(low * 8)
    }
    return mask
  }
}
