private let digits = Array("0123456789abcdef".utf8)

/// Two lower-case digits for each byte.
func hexadecimalDigits(_ bytes: some Sequence<UInt8>) -> String {
  var text: [UInt8] = []
  appendHexadecimal(bytes, to: &text)
  return String(decoding: text, as: UTF8.self)
}

/// Appends two lower-case digits for each byte.
func appendHexadecimal(_ bytes: some Sequence<UInt8>, to text: inout [UInt8]) {
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
}

/// Appends "0x" and the digits of a number, without padding.
func appendHexadecimal(_ value: UInt64, to text: inout [UInt8]) {
  text.append(UInt8(ascii: "0"))
  text.append(UInt8(ascii: "x"))
  var shift = 64 - max(4, (64 - value.leadingZeroBitCount + 3) & ~3)
  shift = 60 - shift
  while shift >= 0 {
    text.append(digits[Int(truncatingIfNeeded: value >> UInt64(shift)) & 15])
    shift -= 4
  }
}

/// The value of a hexadecimal digit of either case; 255 for anything else.
@inline(__always) func digitValue(_ byte: UInt8) -> UInt8 {
  switch byte {
  case 0x30...0x39: byte &- 0x30
  case 0x61...0x66: byte &- 0x57
  case 0x41...0x46: byte &- 0x37
  default: 255
  }
}
