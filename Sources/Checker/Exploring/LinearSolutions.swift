/// Solves equations over GF(2) in which each variable takes one of several vectors.
///
/// Variables of two values are eliminated; those of more are listed jointly, in two halves that are
/// matched. Exact, or refused beyond its bounds.
struct LinearSolutions {
  /// Most joint values of each half of the variables with more than two values.
  static let mostCombinations = 1 << 16

  /// The vector of each value of each variable; that of value 0 is zero.
  let vectors: [[UInt64]]
  private var span = BinarySpan()
  private var binary: [Int] = []

  init(_ vectors: [[UInt64]]) {
    self.vectors = vectors
    binary = vectors.indices.filter { vectors[$0].count == 2 }
    for (position, variable) in binary.enumerated() {
      span.add(vectors[variable][1], number: position, of: binary.count)
    }
  }

  /// Every choice of values, in lexical order, whose vectors add up to `target`; `nil` where there are more
  /// than `limit`, or too many joint values to list.
  func choices(addingUpTo target: UInt64, limit: Int) -> [[Int]]? {
    let several = vectors.indices.filter { vectors[$0].count > 2 }
    guard let cut = cut(several) else { return nil }
    let left = combinations(of: several[..<cut])
    var right: [UInt64: [[Int]]] = [:]
    for entry in combinations(of: several[cut...]) {
      right[span.reduce(entry.sum).rest, default: []].append(entry.values)
    }
    var found: [[Int]] = []
    let goal = span.reduce(target).rest
    for entry in left {
      for values in right[span.reduce(entry.sum).rest ^ goal] ?? [] {
        guard found.count + span.kernelSize(limit: limit) <= limit else { return nil }
        found += completions(several, entry.values + values, target)
      }
    }
    return found.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// Where to cut the variables with more than two values so that both halves can be listed.
  private func cut(_ several: [Int]) -> Int? {
    var size = 1
    var cut = 0
    while cut < several.count, size * vectors[several[cut]].count <= Self.mostCombinations {
      size *= vectors[several[cut]].count
      cut += 1
    }
    let rest = several[cut...].reduce(1) {
      min($0 * vectors[$1].count, Self.mostCombinations + 1)
    }
    return rest <= Self.mostCombinations ? cut : nil
  }

  private func combinations(of variables: ArraySlice<Int>) -> [(values: [Int], sum: UInt64)] {
    variables.reduce([([], 0)]) { found, variable in
      found.flatMap { entry in
        vectors[variable].enumerated().map { (entry.values + [$0], entry.sum ^ $1) }
      }
    }
  }

  /// Every choice in which the variables with more than two values are fixed.
  private func completions(_ several: [Int], _ values: [Int], _ target: UInt64) -> [[Int]] {
    var choice = vectors.map { _ in 0 }
    var rest = target
    for (variable, value) in zip(several, values) {
      choice[variable] = value
      rest ^= vectors[variable][value]
    }
    return span.solutions(span.reduce(rest).combination).map { bits in
      var full = choice
      for (position, variable) in binary.enumerated() where bits.contains(position) {
        full[variable] = 1
      }
      return full
    }
  }
}

/// A set of numbers as bits, added modulo 2.
struct BitSet {
  private var words: [UInt64]

  init(count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

  func contains(_ number: Int) -> Bool { words[number >> 6] >> UInt64(number & 63) & 1 == 1 }

  mutating func insert(_ number: Int) { words[number >> 6] |= 1 << UInt64(number & 63) }

  /// Adds each bit modulo 2.
  mutating func add(_ other: BitSet) {
    for index in words.indices { words[index] ^= other.words[index] }
  }
}

/// The span of vectors over GF(2), each sum with the vectors it is made of.
struct BinarySpan {
  private var rows: [(vector: UInt64, combination: BitSet)] = []
  /// Sums that are zero, independent of one another.
  private var kernel: [BitSet] = []
  private var count = 0

  /// Adds a vector, one of `count`.
  mutating func add(_ vector: UInt64, number: Int, of count: Int) {
    self.count = count
    var (rest, combination) = reduce(vector)
    combination.insert(number)
    if rest == 0 {
      kernel.append(combination)
    } else {
      let row = (vector: rest, combination: combination)
      for index in rows.indices where rows[index].vector & rest.highestBit != 0 {
        rows[index].vector ^= rest
        rows[index].combination.add(combination)
      }
      rows.append(row)
    }
  }

  /// What no sum of the vectors can take away from a vector, and the sum that takes the rest away.
  func reduce(_ vector: UInt64) -> (rest: UInt64, combination: BitSet) {
    var rest = vector
    var combination = BitSet(count: count)
    for row in rows where rest & row.vector.highestBit != 0 {
      rest ^= row.vector
      combination.add(row.combination)
    }
    return (rest, combination)
  }

  /// Number of sums that are zero, or more than `limit`.
  func kernelSize(limit: Int) -> Int {
    kernel.count >= limit.bitWidth - limit.leadingZeroBitCount ? limit + 1 : 1 << kernel.count
  }

  /// All combinations with the same sum as a given one.
  func solutions(_ particular: BitSet) -> [BitSet] {
    kernel.reduce([particular]) { found, zero in
      found
        + found.map {
          var other = $0
          other.add(zero)
          return other
        }
    }
  }
}

extension UInt64 {
  /// The highest bit alone.
  fileprivate var highestBit: UInt64 { self == 0 ? 0 : 1 << UInt64(63 - leadingZeroBitCount) }
}
