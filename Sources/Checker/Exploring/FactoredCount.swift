import BigInt

/// A product of many small counts that is multiplied and divided far more often than it is asked for.
///
/// Kept as powers of the counts that occur, so that narrowing one component of thousands costs a few
/// additions; the product itself is worked out only for a leaf.
struct FactoredCount {
  private var powers: [(base: BigUInt, exponent: Int)] = []
  private var zeros = 0

  /// Puts a factor in.
  mutating func multiply(by count: BigUInt) {
    if count == 0 { zeros += 1 } else { change(count, by: 1) }
  }

  /// Takes out a factor that was put in.
  mutating func divide(by count: BigUInt) {
    if count == 0 { zeros -= 1 } else { change(count, by: -1) }
  }

  /// The product; 0 while a factor 0 is in.
  var value: BigUInt {
    if zeros > 0 { return 0 }
    return powers.reduce(1) { product, power in
      if power.exponent == 0 { return product }
      if power.base == 2 { return product << power.exponent }
      return product * power.base.power(power.exponent)
    }
  }

  private mutating func change(_ count: BigUInt, by difference: Int) {
    if count == 1 { return }
    if let known = powers.firstIndex(where: { $0.base == count }) {
      powers[known].exponent += difference
    } else {
      powers.append((count, difference))
    }
  }
}
