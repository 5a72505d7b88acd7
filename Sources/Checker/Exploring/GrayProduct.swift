/// Goes through a product of choices so that neighbours differ in one digit by one.
///
/// Reflected mixed-radix Gray code (Knuth, TAOCP 7.2.1.1, algorithm H): constant time a step.
@usableFromInline
struct GrayProduct {
  @usableFromInline let radices: [Int]
  @usableFromInline var digits: [Int]
  @usableFromInline var focus: [Int]
  @usableFromInline var directions: [Int]

  /// Starts with every digit 0; radices are at least 2.
  @usableFromInline init(radices: [Int]) {
    self.radices = radices
    digits = radices.map { _ in 0 }
    directions = radices.map { _ in 1 }
    focus = Array(0...radices.count)
    precondition(radices.allSatisfy { $0 >= 2 }, "Each digit has at least two values")
  }

  /// The next digit to change, `nil` at the end; its new value is in `digits`.
  @inlinable mutating func next() -> Int? {
    let digit = focus[0]
    focus[0] = 0
    if digit == radices.count { return nil }
    digits[digit] += directions[digit]
    if digits[digit] == 0 || digits[digit] == radices[digit] - 1 {
      directions[digit] = -directions[digit]
      focus[digit] = focus[digit + 1]
      focus[digit + 1] = digit + 1
    }
    return digit
  }
}
