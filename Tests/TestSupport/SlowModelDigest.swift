/// SHA-256 (FIPS 180-4), so that tests can compare with the digests of the corpora.
public enum SlowModelDigest {
  /// The first 16 hexadecimal digits of the digest of some bytes.
  public static func shortHex(of bytes: [UInt8]) -> String {
    sha256(bytes).prefix(2).map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  /// The first 16 hexadecimal digits of the digest of arrays, sorted and concatenated.
  public static func shortHex(ofSorted parts: some Sequence<[UInt8]>) -> String {
    shortHex(of: parts.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 })
  }

  private static let start = primes(count: 8).map { fractionOfRoot(of: $0, degree: 2) }
  private static let constants = primes(count: 64).map { fractionOfRoot(of: $0, degree: 3) }

  private static func sha256(_ message: [UInt8]) -> [UInt32] {
    var state = start
    let padded = padded(message)
    for block in stride(from: 0, to: padded.count, by: 64) {
      compress(schedule(padded[block..<(block + 64)]), into: &state)
    }
    return state
  }

  private static func padded(_ message: [UInt8]) -> [UInt8] {
    let bits = UInt64(message.count) * 8
    let zeros = (119 - message.count % 64) % 64
    return message + [0x80] + [UInt8](repeating: 0, count: zeros)
      + (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * $0)) }
  }

  private static func schedule(_ block: ArraySlice<UInt8>) -> [UInt32] {
    var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { start in
      block[start..<(start + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    for index in 16..<64 {
      let (near, far) = (words[index - 2], words[index - 15])
      let small1 = rotate(near, 17) ^ rotate(near, 19) ^ (near >> 10)
      let small0 = rotate(far, 7) ^ rotate(far, 18) ^ (far >> 3)
      words.append(words[index - 16] &+ small0 &+ words[index - 7] &+ small1)
    }
    return words
  }

  private static func compress(_ words: [UInt32], into state: inout [UInt32]) {
    var work = state
    for index in 0..<64 {
      let choose = (work[4] & work[5]) ^ (~work[4] & work[6])
      let majority = (work[0] & work[1]) ^ (work[0] & work[2]) ^ (work[1] & work[2])
      let large1 = rotate(work[4], 6) ^ rotate(work[4], 11) ^ rotate(work[4], 25)
      let large0 = rotate(work[0], 2) ^ rotate(work[0], 13) ^ rotate(work[0], 22)
      let first = work[7] &+ large1 &+ choose &+ constants[index] &+ words[index]
      work = [first &+ large0 &+ majority] + work.dropLast()
      work[4] = work[4] &+ first
    }
    for index in 0..<8 { state[index] = state[index] &+ work[index] }
  }

  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }

  private static func primes(count: Int) -> [UInt128] {
    let candidates = (2...311).filter { number in !(2..<number).contains { number % $0 == 0 } }
    return candidates.prefix(count).map { UInt128($0) }
  }

  /// The first 32 bits of the fraction of a root.
  private static func fractionOfRoot(of number: UInt128, degree: Int) -> UInt32 {
    let target = number << UInt128(32 * degree)
    var root: UInt128 = 0
    for step in (0..<38).reversed() {
      let larger = root | UInt128(1) << UInt128(step)
      if (1..<degree).reduce(larger, { power, _ in power * larger }) <= target { root = larger }
    }
    return UInt32(truncatingIfNeeded: root)
  }
}
