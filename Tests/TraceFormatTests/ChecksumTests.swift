import Testing

@testable import TraceFormat

@Suite struct ChecksumTests {
  // RFC 3720, B.4: the check value, and 32 bytes of zeros, of ones, ascending.
  static let published: [([UInt8], UInt32)] = [
    (Array("123456789".utf8), 0xe306_9283), ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
    ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43), (Array(0..<32), 0x46dd_794e), ([], 0),
  ]

  @Test(arguments: published)
  func crc32cGivesThePublishedValues(bytes: [UInt8], expected: UInt32) {
    var crc = CRC32C()
    crc.add(bytes.span.bytes)
    #expect(crc.value == expected)
  }

  @Test func piecesGiveTheSameAsTheWhole() {
    let bytes = (0..<100).map { UInt8($0) }
    for cut in bytes.indices {
      var whole = CRC32C()
      whole.add(bytes.span.bytes)
      var pieces = CRC32C()
      pieces.add(Array(bytes[..<cut]).span.bytes)
      pieces.add(Array(bytes[cut...]).span.bytes)
      #expect(pieces.value == whole.value)
    }
  }
}
