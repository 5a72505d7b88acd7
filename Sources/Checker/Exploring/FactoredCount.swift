import BigInt

/// A product of many small counts that is multiplied and divided far more often than it is asked for.
///
/// Kept as powers of the odd parts that occur and one power of two, so that narrowing one component of
/// thousands costs a few additions; the product itself is worked out only for a leaf.
struct FactoredCount {
  private var twos = 0
  private var powers: [(base: BigUInt, exponent: Int)] = []
  private var zeros = 0

  /// Puts a factor in.
  mutating func multiply(by count: BigUInt) { change(count, by: 1) }

  /// Takes out a factor that was put in.
  mutating func divide(by count: BigUInt) { change(count, by: -1) }

  /// The product; 0 while a factor 0 is in.
  var value: BigUInt {
    if zeros > 0 { return 0 }
    let odd = powers.reduce(BigUInt(1)) { product, power in
      power.exponent == 0 ? product : product * power.base.power(power.exponent)
    }
    return odd << twos
  }

  private mutating func change(_ count: BigUInt, by difference: Int) {
    if count == 0 {
      zeros += difference
      return
    }
    let shift = count.trailingZeroBitCount
    twos += shift * difference
    let odd = count >> shift
    if odd == 1 { return }
    if let known = powers.firstIndex(where: { $0.base == odd }) {
      powers[known].exponent += difference
    } else {
      powers.append((odd, difference))
    }
  }
}
