/// A 64-byte-aligned unit of write-back, by its number in the address space.
///
/// Source: Intel SDM vol. 1, 11.5.6 (a line is what `CLWB`, `CLFLUSHOPT` and `CLFLUSH` act on).
public struct CacheLine: Hashable, Comparable, Sendable {
  /// Bytes in a line.
  public static let size: UInt64 = 64

  /// Address of the line's first byte divided by 64.
  public let index: UInt64

  /// The line with a number.
  public init(index: UInt64) { self.index = index }

  /// The line that holds the byte at `address`.
  public init(containing address: UInt64) { index = address / Self.size }

  /// Address of the line's first byte.
  public var address: UInt64 { index * Self.size }

  /// Orders lines by address.
  public static func < (left: CacheLine, right: CacheLine) -> Bool { left.index < right.index }

  /// Every line that shares a byte with `size` bytes from `address`; empty for no bytes.
  ///
  /// The caller keeps `address + size` inside 64 bits.
  public static func covering(_ address: UInt64, size: UInt64) -> Range<UInt64> {
    size == 0
      ? (address / Self.size)..<(address / Self.size)
      : (address / Self.size)..<((address + size - 1) / Self.size + 1)
  }
}
