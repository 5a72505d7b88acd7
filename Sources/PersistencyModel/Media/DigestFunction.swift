/// A checksum of which nothing is known but its values.
///
/// Functions are told apart by name: two with the same name and size must be the same function.
public struct DigestFunction: Hashable, Sendable {
  /// What reports call it.
  public let name: String
  /// Bytes that a stored digest takes, little-endian: 1, 2, 4 or 8.
  public let byteCount: Int
  /// The digest of some bytes; depends on nothing else.
  public let digest: @Sendable ([UInt8]) -> UInt64

  /// A function.
  public init(name: String, byteCount: Int, digest: @escaping @Sendable ([UInt8]) -> UInt64) {
    precondition([1, 2, 4, 8].contains(byteCount), "A digest takes 1, 2, 4 or 8 bytes")
    self.name = name
    self.byteCount = byteCount
    self.digest = digest
  }

  /// Whether names and sizes agree.
  public static func == (left: Self, right: Self) -> Bool {
    left.name == right.name && left.byteCount == right.byteCount
  }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
