/// A contiguous part of a device, and the addresses at which it appears.
public struct DevicePiece: Hashable, Sendable {
  /// Index of the device.
  public var device: Int
  /// Bytes of the device, counted from its `start`.
  public var bytes: Range<UInt64>
  /// Address of the first of them.
  public var address: UInt64

  /// A piece.
  public init(device: Int, bytes: Range<UInt64>, address: UInt64) {
    self.device = device
    self.bytes = bytes
    self.address = address
  }
}

extension AddressSpace {
  /// The mapped parts of `range` in ascending order of address, each contiguous on one device.
  ///
  /// Pieces end at the ends of segments and chunks. Addresses that nothing maps are left out.
  /// O(pieces × log segments).
  public func split(_ range: Range<UInt64>) -> [DevicePiece] {
    var pieces: [DevicePiece] = []
    var address = range.lowerBound
    while address < range.upperBound, let next = firstMapped(from: address) {
      guard next < range.upperBound, let place = locate(next) else { break }
      let count = min(place.contiguous, range.upperBound - next)
      pieces.append(
        DevicePiece(
          device: place.device,
          bytes: place.offset..<(place.offset + count),
          address: next
        )
      )
      address = next + count
    }
    return pieces
  }

  /// Whether something maps every address of `range`.
  public func covers(_ range: Range<UInt64>) -> Bool {
    var address = range.lowerBound
    while address < range.upperBound {
      guard let index = segmentIndex(of: address) else { return false }
      address = segments[index].end
    }
    return true
  }

  /// The first mapped address that is not below `address`.
  private func firstMapped(from address: UInt64) -> UInt64? {
    if segmentIndex(of: address) != nil { return address }
    return segments.first { $0.begin > address }?.begin
  }
}

extension PersistenceDomain {
  /// Whether writing lines back changes what survives on such a device.
  ///
  /// With caches inside the domain it is done already; a volatile device keeps nothing; a disk has no
  /// lines to write back. Source:
  /// dm-writecache reference 5.6, "flush: no-op".
  public var needsWriteBack: Bool {
    switch self {
    case .adr, .wpq: true
    case .eadr, .volatile, .asynchronous, .disk: false
    }
  }
}
