/// Up to eight lower-case hexadecimal digits read at once, without a branch for each.
struct HexadecimalWord {
  /// Digits before the first byte that is none.
  let count: Int
  /// Their value; meaningful where there is at least one.
  let value: UInt64

  /// The digits in eight characters, the first in the lowest byte.
  ///
  /// A character is a digit if it is what its value is written as. Every sum stays within its byte.
  @inline(__always)
  init(_ characters: UInt64) {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let isLetter = (characters >> 6) & ones
    let values = (characters & (ones &* 0x0f)) &+ isLetter &* 9
    let written = values &+ ones &* 0x30 &+ isLetter &* 0x27
    let isTenOrMore = ((values &+ ones &* 6) >> 4) & ones
    let wrong = (written ^ characters) | (isTenOrMore ^ isLetter) | (values & (ones &* 0x10))
    count = wrong.trailingZeroBitCount / 8
    var packed = (values & (ones &* 0x0f)).byteSwapped
    packed = (packed | packed >> 4) & 0x00ff_00ff_00ff_00ff
    packed = (packed | packed >> 8) & 0x0000_ffff_0000_ffff
    packed = (packed | packed >> 16) & 0xffff_ffff
    value = packed >> UInt64(4 * (8 - count))
  }
}
