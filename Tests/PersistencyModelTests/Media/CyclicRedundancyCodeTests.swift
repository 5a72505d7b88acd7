import PersistencyModel
import TestSupport
import Testing

/// Checksums as their published check values say.
@Suite struct CyclicRedundancyCodeTests {
  /// The check value of a code is that of the digits 1 to 9 in ASCII.
  @Test(arguments: [
    (CyclicRedundancyCode.crc32c, UInt64(0xe306_9283)), (.crc32, 0xcbf4_3926),
    (.crc64, 0x995d_c9bb_df19_39fa), (.crc16T10, 0xd0db), (.crc8Maxim, 0xa1),
  ])
  func codesGiveTheirCheckValues(code: CyclicRedundancyCode, check: UInt64) {
    #expect(code.checksum(of: Array("123456789".utf8)) == check)
  }

  @Test(arguments: [CyclicRedundancyCode.crc32c, .crc64, .crc16T10, .crc8Maxim])
  func everyRangeMatchesItsStoredChecksumAndNoOther(code: CyclicRedundancyCode) {
    var random = SplitMix64(seed: 5)
    let bytes = (0..<64).map { _ in UInt8.random(in: 0...255, using: &random) }
    for begin in 0..<24 {
      for end in begin..<48 {
        var medium = RecordingMedium(bytes: bytes)
        var register = code.start
        for byte in bytes[begin..<end] { register = code.register(register, taking: byte) }
        let checksum = code.checksum(register)
        for index in 0..<code.byteCount {
          medium.bytes[56 + index] = UInt8(truncatingIfNeeded: checksum >> UInt64(index * 8))
        }
        let matches = medium.matches(code, of: begin..<end, storedAt: 56)
        medium.bytes[56] ^= 1
        let stillMatches = medium.matches(code, of: begin..<end, storedAt: 56)
        #expect(matches && !stillMatches)
      }
    }
  }

  @Test func aFunctionIsComparedWithItsStoredDigest() {
    let sum = DigestFunction(name: "sum", byteCount: 2) { $0.reduce(0) { $0 + UInt64($1) } }
    var medium = RecordingMedium(bytes: [200, 100, 0, 0, 44, 1, 0, 0])
    let both = medium.matches(sum, of: 0..<2, storedAt: 4)
    let one = medium.matches(sum, of: 0..<1, storedAt: 4)
    #expect(both && !one)
  }
}
