import Testing

@testable import TraceFormat

@Suite struct HexadecimalWordTests {
  private func word(_ text: [UInt8]) -> HexadecimalWord {
    HexadecimalWord(text.reversed().reduce(0) { $0 << 8 | UInt64($1) })
  }

  @Test func everyByteIsADigitOrEndsTheNumber() {
    let digits = Array("0123456789abcdef".utf8)
    for byte in UInt8.min...UInt8.max {
      let result = word([UInt8(ascii: "1"), byte] + Array(";;;;;;".utf8))
      if let value = digits.firstIndex(of: byte) {
        #expect(result.count == 2 && result.value == UInt64(16 + value))
      } else {
        #expect(result.count == 1 && result.value == 1, "byte \(byte)")
      }
    }
  }

  @Test(arguments: 1...8)
  func digitsBeforeTheEndAreTheNumber(count: Int) {
    for number in [0x1234_5678, 0xfedc_ba98, 0, 0xa0b0_c0d0] as [UInt64] {
      let text = String(repeating: "0", count: 8) + String(number, radix: 16)
      let characters = Array(text.suffix(8).prefix(count).utf8)
      let result = word(characters + [UInt8](repeating: UInt8(ascii: "|"), count: 8 - count))
      #expect(result.count == count)
      #expect(result.value == UInt64(String(decoding: characters, as: UTF8.self), radix: 16))
    }
  }
}
