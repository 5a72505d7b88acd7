/// CRC-32C: polynomial 0x1EDC6F41, reflected, register and result inverted (RFC 3720, section 12.1).
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { register, _ in
      register & 1 == 1 ? register >> 1 ^ 0x82F6_3B78 : register >> 1
    }
  }

  /// The checksum of `bytes`; O(bytes).
  static func checksum(of bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { register, byte in
      register >> 8 ^ table[Int(UInt8(truncatingIfNeeded: register) ^ byte)]
    }
  }
}
