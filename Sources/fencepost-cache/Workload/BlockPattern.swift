/// What a workload writes into a block: bytes that tell which content they belong to, and which place.
///
/// Word `i` (8 bytes, little-endian) of the block at sector `s` holds the content's number in its low 32 bits
/// and `64 s + i`, cut to 32 bits, in the high ones. So a torn block and a block at another sector are seen,
/// and a dump can be read.
enum BlockPattern: Hashable {
  /// All bytes are 0.
  case zeros
  /// The content of a name: a number below 2^32, or letters, of which a number is made.
  case named(String)

  /// What a name means; `nil` where it is none.
  ///
  /// Names are `zeros`, decimal numbers from 1 to 2^32 - 1, and letters, digits and `_` that begin with a letter.
  init?(_ text: some StringProtocol) {
    if text == "zeros" {
      self = .zeros
      return
    }
    guard let first = text.utf8.first, text.utf8.allSatisfy(Self.isNameByte) else { return nil }
    if Self.isDigit(first) { guard let number = UInt32(text), number > 0 else { return nil } }
    self = .named(String(text))
  }

  /// The name, as it is written in a workload.
  var name: String {
    switch self {
    case .zeros: "zeros"
    case .named(let name): name
    }
  }

  /// The number in every word: the name's own where it is one, else 32 bits of its FNV-1a hash.
  var number: UInt32 {
    switch self {
    case .zeros: 0
    case .named(let name):
      UInt32(name) ?? name.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
  }

  /// The bytes of the blocks from `sector` on that fill `byteCount` bytes, a multiple of 8.
  func bytes(at sector: UInt64, byteCount: Int) -> [UInt8] {
    guard case .named = self else { return [UInt8](repeating: 0, count: byteCount) }
    let number = number
    var words = [UInt64](repeating: 0, count: byteCount / 8)
    var index = 0
    while index < words.count {
      words[index] = Self.word(index, of: number, at: sector)
      index += 1
    }
    // SAFETY: the words are read as bytes while the array lives.
    return unsafe words.withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// Word `index` of the blocks from `sector` on: places count on from block to block, since 64 words are a
  /// sector.
  private static func word(_ index: Int, of number: UInt32, at sector: UInt64) -> UInt64 {
    let place = UInt32(truncatingIfNeeded: sector &* 64 &+ UInt64(index))
    return (UInt64(number) | UInt64(place) << 32).littleEndian
  }

  /// What a block's bytes are called: the content's number if every word has its place, `zeros`, or `mixed`.
  static func name(of bytes: ArraySlice<UInt8>, at sector: UInt64) -> String {
    if bytes.allSatisfy({ $0 == 0 }) { return BlockPattern.zeros.name }
    let number = bytes.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let whole = BlockPattern.named(String(number)).bytes(at: sector, byteCount: bytes.count)
    return whole[...] == bytes ? String(number) : "mixed"
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == 0x5f || (0x41...0x5a).contains(byte & 0xdf)
  }
}
