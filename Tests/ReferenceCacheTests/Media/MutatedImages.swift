import PersistencyModel
import ReferenceCache
import TestSupport

/// Valid images, and damage done to them: the same for the same seed.
struct MutatedImages {
  /// A damaged image.
  struct Image {
    var bytes: [UInt8]
    var options: CacheOptions
    /// What was done to it.
    var damage: [String] = []
  }

  private var random: SplitMix64
  private let valid: [Image]

  private static let blockSizes = [512, 1024, 2048, 4096, 0, 1, 768, 8192, -512]
  private static let startSectors: [UInt64] = [0, 1, 8, 63, 1 << 40, .max]

  /// Sectors of the origin under every image.
  static let originSectors = 64

  init(seed: UInt64) throws {
    random = SplitMix64(seed: seed)
    valid = try [512, 1024, 4096].flatMap { blockSize in
      try [0, 1, 8].map { startSector in
        try Self.valid(CacheOptions(blockSize: blockSize, startSector: startSector))
      }
    }
  }

  /// A cache with committed, superseded, uncommitted and freed entries.
  private static func valid(_ options: CacheOptions) throws -> Image {
    let size = Int(options.startSector) * 512 + 64 + 16 * 9 + 9 * options.blockSize + 4096
    var cache = try Cache(
      opening: BytesMedium(bytes: [UInt8](repeating: 0, count: size)),
      over: MemoryOrigin(sectorCount: originSectors),
      options: options
    )
    let perBlock = UInt64(options.blockSize / 512)
    func bytes(_ tag: UInt32, _ block: UInt64) -> [UInt8] {
      Samples.block(tag: tag, sector: block * perBlock, size: options.blockSize)
    }
    try cache.write(bytes(1, 0) + bytes(1, 1) + bytes(1, 2), at: 0)
    try cache.flush()
    try cache.write(bytes(2, 1), at: perBlock, isForced: true)
    try cache.write(bytes(3, 0) + bytes(3, 1), at: 0)
    return Image(bytes: cache.abandon().medium.bytes, options: options)
  }

  /// The next damaged image.
  mutating func next() -> Image {
    if below(20) == 0 { return randomBytes() }
    var image = valid[below(valid.count)]
    for _ in 0...below(4) { damage(&image) }
    return image
  }

  private mutating func randomBytes() -> Image {
    var image = valid[below(valid.count)]
    let size = below(2) == 0 ? image.bytes.count : below(20_000)
    image.bytes = [UInt8](repeating: 0, count: size)
    for index in image.bytes.indices {
      image.bytes[index] = UInt8(truncatingIfNeeded: random.next())
    }
    image.damage = ["random bytes"]
    // Half of them get as far as the table.
    let base = Int(image.options.startSector) * 512
    if below(2) == 0, size >= base + 64 {
      write(0x1_2348_9321, 8, at: base, in: &image)
      write(UInt64(image.options.blockSize), 4, at: base + 8, in: &image)
      write(UInt64(below(12)), 8, at: base + 16, in: &image)
    }
    return image
  }

  private mutating func damage(_ image: inout Image) {
    // Where an earlier damage moved the superblock off the image, there is nothing of it to damage.
    let base = image.options.startSector < 64 ? Int(image.options.startSector) * 512 : 0
    switch below(10) {
    case 0: flip(in: base..<(base + 64), of: &image)
    case 1: flip(in: (base + 64)..<(base + 64 + 16 * 9), of: &image)
    case 2: flip(in: 0..<image.bytes.count, of: &image)
    case 3: cut(&image)
    case 4: image.options.blockSize = Self.blockSizes[below(9)]
    case 5: image.options.startSector = Self.startSectors[below(6)]
    case 6: superblockField(&image, base)
    case 7: repeatEntry(&image, base)
    default: entryField(&image, base)
    }
  }

  private mutating func flip(in range: Range<Int>, of image: inout Image) {
    let inside = range.clamped(to: 0..<image.bytes.count)
    guard !inside.isEmpty else { return }
    let byte = inside.lowerBound + below(inside.count)
    let bit = below(8)
    image.bytes[byte] ^= 1 << UInt8(bit)
    image.damage.append("bit \(bit) of byte \(byte)")
  }

  private mutating func cut(_ image: inout Image) {
    let size = below(image.bytes.count + 1)
    image.bytes.removeLast(image.bytes.count - size)
    image.damage.append("cut to \(size) bytes")
  }

  private mutating func superblockField(_ image: inout Image, _ base: Int) {
    let fields = [
      ("magic", 0, 4), ("version", 4, 4), ("block_size", 8, 4), ("pad", 12, 4),
      ("n_blocks", 16, 8), ("seq_count", 24, 8), ("padding", 40, 8),
    ]
    let (name, offset, size) = fields[below(fields.count)]
    let value = limit()
    write(value, size, at: base + offset, in: &image)
    image.damage.append("\(name) = \(value)")
  }

  private mutating func entryField(_ image: inout Image, _ base: Int) {
    let entry = below(9)
    let word = below(2)
    let value = limit()
    write(value, 8, at: base + 64 + 16 * entry + 8 * word, in: &image)
    image.damage.append("\(word == 0 ? "sector" : "seq") of entry \(entry) = \(value)")
  }

  /// One entry over another one: two are identical.
  private mutating func repeatEntry(_ image: inout Image, _ base: Int) {
    let (from, to) = (below(9), below(9))
    let table = base + 64
    guard table + 16 * 9 <= image.bytes.count else { return }
    let entry = Array(image.bytes[(table + 16 * from)..<(table + 16 * (from + 1))])
    image.bytes.replaceSubrange((table + 16 * to)..<(table + 16 * (to + 1)), with: entry)
    image.damage.append("entry \(to) = entry \(from)")
  }

  /// A number at which something might go wrong.
  private mutating func limit() -> UInt64 {
    let power = UInt64(1) << UInt64(below(64))
    let choice = below(Self.limits.count + 4)
    if choice < Self.limits.count { return Self.limits[choice] }
    return [power, power - 1, power &+ 1, random.next()][choice - Self.limits.count]
  }

  private static let limits: [UInt64] = [
    0, 1, 2, 3, 7, 8, 9, 16, 63, 64, 512, 4096, 0x2348_9321, UInt64.max, UInt64.max - 1,
    UInt64.max / 16, UInt64.max / 16 + 1, (UInt64.max - 64) / 16, UInt64.max / 4096,
    UInt64.max / 512 + 1,
  ]

  private func write(_ value: UInt64, _ size: Int, at offset: Int, in image: inout Image) {
    for index in 0..<size where offset + index < image.bytes.count {
      image.bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
    }
  }

  private mutating func below(_ bound: Int) -> Int {
    Int(random.next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}
