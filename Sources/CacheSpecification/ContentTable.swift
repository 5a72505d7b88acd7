/// The content of one block, by its number in a `ContentTable`.
public struct BlockContent: Hashable, Sendable {
  /// Number in the table, from 0.
  public let index: UInt32

  /// Bytes of which it is only known that they are none of those looked for; in no table.
  public static let unidentified = BlockContent(index: .max)
}

/// Numbers the distinct contents of blocks, so that equal bytes have one number.
///
/// A history's own table knows what its operations wrote and what the origin held under it. A checker
/// copies that table and interns into the copy whatever recovery lets it read; what is not recognised
/// gets a number too, and counts as unknown bytes. Bytes alone decide: the digest only finds candidates.
public struct ContentTable: Sendable {
  /// Bytes of every content.
  public let blockSize: Int
  private var words: [[UInt64]] = []
  private var names: [String?] = []
  private var candidates: [UInt64: [UInt32]] = [:]

  /// An empty table for blocks of `blockSize` bytes, a multiple of 8.
  public init(blockSize: Int) {
    precondition(blockSize > 0 && blockSize % 8 == 0, "A block is whole 8-byte words")
    self.blockSize = blockSize
  }

  /// Number of contents.
  public var count: Int { words.count }

  /// The number of `bytes`, which are one block; a new one if they were not seen before.
  ///
  /// O(block size); allocates only for new contents.
  @discardableResult
  public mutating func intern(_ bytes: RawSpan) -> BlockContent {
    intern(bytes, name: nil)
  }

  /// The number of `bytes`, which are one block; a new one if they were not seen before.
  @discardableResult
  public mutating func intern(_ bytes: [UInt8]) -> BlockContent {
    intern(bytes[...], name: nil)
  }

  /// The bytes of a content of this table; O(block size).
  public func bytes(of content: BlockContent) -> [UInt8] {
    words(of: content).flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64($0 * 8)) }
    }
  }

  /// The name a trace gave to a content of this table, else one made of a digest.
  public func name(of content: BlockContent) -> String {
    if let name = names[Int(content.index)] { return name }
    let digest = String(Self.digest(words(of: content)), radix: 16)
    return "bytes~" + String(repeating: "0", count: 16 - digest.count) + digest
  }

  /// The content as little-endian words.
  public func words(of content: BlockContent) -> [UInt64] { words[Int(content.index)] }

  /// The number of `bytes`; `name` is kept unless the content has one.
  mutating func intern(_ bytes: ArraySlice<UInt8>, name: String?) -> BlockContent {
    // SAFETY: the raw span borrows `bytes`, which outlives the call, and every bit pattern is a byte.
    unsafe intern(bytes.span.bytes, name: name)
  }

  private mutating func intern(_ bytes: RawSpan, name: String?) -> BlockContent {
    precondition(bytes.byteCount == blockSize, "An interned content is one block")
    let digest = Self.digest(bytes)
    for index in candidates[digest] ?? [] where Self.matches(words[Int(index)], bytes) {
      if names[Int(index)] == nil { names[Int(index)] = name }
      return BlockContent(index: index)
    }
    let index = UInt32(words.count)
    words.append((0..<(blockSize / 8)).map { Self.word($0, of: bytes) })
    names.append(name)
    candidates[digest, default: []].append(index)
    return BlockContent(index: index)
  }

  private static func digest(_ bytes: RawSpan) -> UInt64 {
    var digest: UInt64 = 0
    for index in 0..<(bytes.byteCount / 8) { digest = mix(digest, word(index, of: bytes)) }
    return digest
  }

  private static func digest(_ words: [UInt64]) -> UInt64 { words.reduce(0, mix) }

  private static func mix(_ digest: UInt64, _ word: UInt64) -> UInt64 {
    let product = (digest ^ word &+ 0x632b_e59b_d9b4_e019) &* 0x9e37_79b9_7f4a_7c15
    return product ^ product >> 29
  }

  private static func matches(_ words: [UInt64], _ bytes: RawSpan) -> Bool {
    words.indices.allSatisfy { words[$0] == word($0, of: bytes) }
  }

  private static func word(_ index: Int, of bytes: RawSpan) -> UInt64 {
    // SAFETY: UInt64 is valid for every bit pattern, and the call itself traps outside the span.
    unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
  }
}
