import PersistencyModel

/// Random bits that a seed repeats, and the place in the workload that is drawn.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var bits: SeededBits
  /// Steps of the workload before the one that is drawn.
  public internal(set) var step = 0

  /// The generator that a seed starts; the same seed gives the same bits.
  public init(seed: UInt64) { bits = SeededBits(seed: seed) }

  /// The next 64 bits.
  public mutating func next() -> UInt64 { bits.next() }
}
