/// A checksum that recovery relied on, and how many torn states it lets pass.
public struct DigestCoverage: Hashable, Sendable {
  /// Name of the checksum, such as "CRC-32C".
  public var digest: String
  /// Addresses that it covers.
  public var range: Range<UInt64>
  /// Address at which it is stored.
  public var stored: UInt64
  /// Contents of the range and its checksum that pass though at the crash point only a part of what is
  /// pending there survives; exact for the states in which recovery asked.
  ///
  /// Contents that at some crash point are all, or nothing, of what is pending are not counted. Where
  /// `reasonForReading` is set, only those found by reading are.
  public var tornStatesThatPass: Int
  /// Why, at some crash point, bytes were read in place of solving for the states that pass.
  public var reasonForReading: String?

  /// A checksum.
  public init(
    digest: String,
    range: Range<UInt64>,
    stored: UInt64,
    tornStatesThatPass: Int,
    reasonForReading: String? = nil
  ) {
    self.digest = digest
    self.range = range
    self.stored = stored
    self.tornStatesThatPass = tornStatesThatPass
    self.reasonForReading = reasonForReading
  }

  /// What is covered and where, for people.
  public var place: String {
    func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
    return "\(digest) of \(hex(range.lowerBound))..<\(hex(range.upperBound)), "
      + "stored at \(hex(stored))"
  }
}
