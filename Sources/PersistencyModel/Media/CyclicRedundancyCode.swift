/// A cyclic redundancy code of up to 64 bits, computed eight bytes at a time from tables.
///
/// Linear over GF(2) but for a constant: which partial states of a range pass it can be solved for
/// without trying them. Parameters are named as in the Rocksoft model; equal parameters, equal codes.
public struct CyclicRedundancyCode: Hashable, Sendable {
  /// Short name, such as "CRC-32C".
  public let name: String
  /// Bits of the code, 1 to 64.
  public let width: Int
  /// The generator without its highest term, highest power first.
  public let polynomial: UInt64
  /// The register before the first byte.
  public let initial: UInt64
  /// What the register is combined with at the end.
  public let finalXor: UInt64
  /// Whether bytes are taken in, and the result is given out, lowest bit first.
  public let isReflected: Bool
  /// `tables[256 * k + b]`: what a byte `b` with `k` zero bytes after it makes of an empty register.
  @usableFromInline let tables: [UInt64]

  /// A code.
  public init(
    name: String,
    width: Int,
    polynomial: UInt64,
    initial: UInt64,
    finalXor: UInt64,
    isReflected: Bool
  ) {
    precondition((1...64).contains(width), "A code has 1 to 64 bits")
    self.name = name
    self.width = width
    self.polynomial = polynomial
    self.initial = initial
    self.finalXor = finalXor
    self.isReflected = isReflected
    tables = Self.tables(width: width, polynomial: polynomial, isReflected: isReflected)
  }

  /// Bytes that a stored checksum takes: 1, 2, 4 or 8, little-endian.
  public var byteCount: Int { width <= 8 ? 1 : width <= 16 ? 2 : width <= 32 ? 4 : 8 }

  /// Whether two codes give the same checksums for the same reason.
  public static func == (left: Self, right: Self) -> Bool {
    left.width == right.width && left.polynomial == right.polynomial
      && left.initial == right.initial && left.finalXor == right.finalXor
      && left.isReflected == right.isReflected
  }

  /// Hashes width and generator.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(width)
    hasher.combine(polynomial)
  }
}

extension CyclicRedundancyCode {
  /// CRC-32C (Castagnoli), as of iSCSI, ext4, Btrfs and the instruction `crc32`.
  public static let crc32c = CyclicRedundancyCode(
    name: "CRC-32C",
    width: 32,
    polynomial: 0x1edc_6f41,
    initial: 0xffff_ffff,
    finalXor: 0xffff_ffff,
    isReflected: true
  )

  /// CRC-32 of Ethernet, zlib and PNG.
  public static let crc32 = CyclicRedundancyCode(
    name: "CRC-32",
    width: 32,
    polynomial: 0x04c1_1db7,
    initial: 0xffff_ffff,
    finalXor: 0xffff_ffff,
    isReflected: true
  )

  /// CRC-64 of ECMA-182 as xz uses it.
  public static let crc64 = CyclicRedundancyCode(
    name: "CRC-64",
    width: 64,
    polynomial: 0x42f0_e1eb_a9ea_3693,
    initial: .max,
    finalXor: .max,
    isReflected: true
  )

  /// CRC-16 of SCSI's data integrity field, highest bit first.
  public static let crc16T10 = CyclicRedundancyCode(
    name: "CRC-16/T10-DIF",
    width: 16,
    polynomial: 0x8bb7,
    initial: 0,
    finalXor: 0,
    isReflected: false
  )

  /// CRC-8 of 1-Wire devices.
  public static let crc8Maxim = CyclicRedundancyCode(
    name: "CRC-8/MAXIM",
    width: 8,
    polynomial: 0x31,
    initial: 0,
    finalXor: 0,
    isReflected: true
  )
}

// Computing. The register is kept at the low end of a word if reflected, else at the high end.
extension CyclicRedundancyCode {
  /// The register before the first byte.
  public var start: UInt64 {
    isReflected ? Self.reversed(initial, width) : initial << UInt64(64 - width)
  }

  /// The register after eight more bytes, given as a little-endian word.
  @inlinable public func register(_ register: UInt64, taking word: UInt64) -> UInt64 {
    let table = tables.span
    var result: UInt64 = 0
    var rest = isReflected ? register ^ word : (register ^ word.byteSwapped).byteSwapped
    for position in 0..<8 {
      result ^= table[256 * (7 - position) + Int(truncatingIfNeeded: rest & 0xff)]
      rest >>= 8
    }
    return result
  }

  /// The register after one more byte.
  @inlinable public func register(_ register: UInt64, taking byte: UInt8) -> UInt64 {
    if isReflected {
      return tables[Int(truncatingIfNeeded: (register ^ UInt64(byte)) & 0xff)] ^ register >> 8
    }
    return tables[Int(truncatingIfNeeded: register >> 56 ^ UInt64(byte))] ^ register << 8
  }

  /// The checksum that a register stands for.
  public func checksum(_ register: UInt64) -> UInt64 {
    isReflected
      ? register ^ Self.reversed(finalXor, width)
      : register >> UInt64(64 - width) ^ finalXor
  }

  /// The checksum of some bytes; O(bytes / 8).
  public func checksum(of bytes: [UInt8]) -> UInt64 { checksum(register(start, taking: bytes)) }

  /// The register after more bytes.
  public func register(_ register: UInt64, taking bytes: [UInt8]) -> UInt64 {
    var result = register
    var position = 0
    while position + 8 <= bytes.count {
      var word: UInt64 = 0
      for index in 0..<8 { word |= UInt64(bytes[position + index]) << UInt64(index * 8) }
      result = self.register(result, taking: word)
      position += 8
    }
    while position < bytes.count {
      result = self.register(result, taking: bytes[position])
      position += 1
    }
    return result
  }

  private static func reversed(_ value: UInt64, _ width: Int) -> UInt64 {
    var result: UInt64 = 0
    for bit in 0..<width where value >> UInt64(bit) & 1 == 1 {
      result |= 1 << UInt64(width - 1 - bit)
    }
    return result
  }

  private static func tables(width: Int, polynomial: UInt64, isReflected: Bool) -> [UInt64] {
    let generator = isReflected ? reversed(polynomial, width) : polynomial << UInt64(64 - width)
    var tables = [UInt64](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var register = isReflected ? UInt64(byte) : UInt64(byte) << 56
      for _ in 0..<8 {
        let out = isReflected ? register & 1 : register >> 63
        register = isReflected ? register >> 1 : register << 1
        if out == 1 { register ^= generator }
      }
      tables[byte] = register
    }
    for index in 256..<tables.count {
      let register = tables[index - 256]
      let byte = Int(isReflected ? register & 0xff : register >> 56)
      tables[index] = tables[byte] ^ (isReflected ? register >> 8 : register << 8)
    }
    return tables
  }
}
