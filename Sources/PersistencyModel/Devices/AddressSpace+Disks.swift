/// A sector of a disk of an address space.
public struct DiskSector: Hashable, Sendable {
  /// Index of the disk's device.
  public var device: Int
  /// The 512-byte sector, counted from the device's `start`.
  public var sector: UInt64

  /// A sector.
  public init(device: Int, sector: UInt64) {
    self.device = device
    self.sector = sector
  }
}

extension Device {
  /// Sectors of a disk: its size counts one line of addresses for each.
  public var sectorCount: UInt64 { size / CacheLine.size }

  /// Bytes of the underlying device up to the last byte used: for a disk, of its real sectors.
  public var underlyingSize: UInt64 {
    start + (domain == .disk ? sectorCount * UInt64(SectorToken.sectorSize) : size)
  }
}

extension AddressSpace {
  /// The indices of the disks, ascending.
  public var disks: [Int] { devices.indices.filter { devices[$0].domain == .disk } }

  /// One past the last address of memory: of what is no disk.
  public var memoryEnd: UInt64 {
    let last = segments.last { segment in
      segment.mapping.extents.contains { devices[$0.device].domain != .disk }
    }
    return last?.end ?? segments.first?.begin ?? 0
  }

  /// The sector behind the line of `address`; `nil` where no disk is mapped.
  public func diskSector(at address: UInt64) -> DiskSector? {
    guard let place = locate(address), devices[place.device].domain == .disk else { return nil }
    return DiskSector(device: place.device, sector: place.offset / CacheLine.size)
  }

  /// The address of a sector's line; `nil` where the address space does not map it.
  public func address(of sector: DiskSector) -> UInt64? {
    address(of: sector.sector * CacheLine.size, onDevice: sector.device)
  }

  /// The lowest address of a device; `nil` where it is not mapped.
  public func firstAddress(ofDevice device: Int) -> UInt64? {
    for segment in segments {
      switch segment.mapping {
      case .linear(let extent):
        if extent.device == device { return segment.begin }
      case .striped(let chunk, let extents):
        if let stripe = extents.firstIndex(where: { $0.device == device }) {
          return segment.begin + UInt64(stripe) * chunk
        }
      }
    }
    return nil
  }
}

extension Trace {
  /// Position of the first event that `space` has at the wrong kind of device: one of disks beside the
  /// disks or not at the first byte of a line, or any other on a disk.
  public func firstEvent(misplacedIn space: AddressSpace?) -> Int? {
    let disks = space?.disks ?? []
    return events.firstIndex { event in
      guard event.size > 0, event.kind != .mark else { return false }
      let isOnDisk = !disks.isEmpty && space?.diskSector(at: event.address) != nil
      guard event.kind.isOfDisk else { return isOnDisk }
      return !isOnDisk || event.address % CacheLine.size != 0
    }
  }
}
