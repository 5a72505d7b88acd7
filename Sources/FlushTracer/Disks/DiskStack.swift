public import PersistencyModel

/// Disks joined into one origin by a table of segments, in which each sector is one line of addresses.
///
///     let origin = try DiskStack(over: .open("origin.img"))
public final class DiskStack {
  /// The table, from address 0; every device has domain `disk`.
  public let space: AddressSpace
  /// The bytes of each device of the table.
  public let storages: [DiskStorage]

  /// An origin of one disk, used whole.
  ///
  /// - Throws: `TracerError` if it has no whole sector.
  public convenience init(
    over storage: DiskStorage,
    name: String = "origin"
  ) throws(TracerError) {
    let sectors = storage.size / UInt64(SectorToken.sectorSize)
    try self.init(
      AddressSpace(single: name, size: sectors * CacheLine.size, domain: .disk),
      over: [storage]
    )
  }

  /// An origin of several disks, in the order of `space`, whose addresses run from 0 without gaps.
  ///
  /// - Throws: `TracerError` if a device is no disk, one is too short, or their number is wrong.
  public init(_ space: AddressSpace, over storages: [DiskStorage]) throws(TracerError) {
    guard space.devices.count == storages.count else {
      throw TracerError(
        .wrongNumberOfFiles(devices: space.devices.count, files: storages.count)
      )
    }
    for (device, storage) in zip(space.devices, storages) {
      guard device.domain == .disk else {
        throw TracerError(.notADisk(device.name), path: storage.path)
      }
      guard device.size > 0, device.underlyingSize <= storage.size else {
        throw TracerError(
          .deviceTooShort(
            device: device.name,
            needed: max(device.underlyingSize, UInt64(SectorToken.sectorSize)),
            size: storage.size
          ),
          path: storage.path
        )
      }
    }
    try DeviceStack.check(space)
    self.space = space
    self.storages = storages
  }

  /// Sectors of the origin.
  public var sectorCount: UInt64 { space.end / CacheLine.size }

  /// Where a sector of the origin is: the disk, and its byte there.
  func place(of sector: UInt64) -> (device: Int, byte: UInt64) {
    guard let place = space.locate(sector * CacheLine.size) else {
      preconditionFailure("The sector is on the origin")
    }
    let number = place.offset / CacheLine.size
    let byte = space.devices[place.device].start + number * UInt64(SectorToken.sectorSize)
    return (place.device, byte)
  }

  /// A copy of the bytes of sectors of the origin.
  ///
  /// - Throws: `TracerError` with the system's error number.
  public func bytes(of sectors: Range<UInt64>) throws(TracerError) -> [UInt8] {
    precondition(sectors.upperBound <= sectorCount, "The sectors are on the origin")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(sectors.count * SectorToken.sectorSize)
    for sector in sectors {
      let (device, byte) = place(of: sector)
      bytes += try storages[device].bytes(at: byte, count: SectorToken.sectorSize)
    }
    return bytes
  }
}

extension AddressSpace {
  /// This space with the disks of an origin after its last address.
  public func appending(_ disks: AddressSpace) -> AddressSpace {
    var joined = self
    let first = devices.count
    let base = end
    joined.devices += disks.devices
    for segment in disks.segments {
      let mapping: SegmentMapping =
        switch segment.mapping {
        case .linear(let extent):
          .linear(DeviceExtent(device: extent.device + first, offset: extent.offset))
        case .striped(let chunk, let extents):
          .striped(
            chunk: chunk,
            extents.map { DeviceExtent(device: $0.device + first, offset: $0.offset) }
          )
        }
      joined.segments.append(
        Segment(begin: base + segment.begin, length: segment.length, mapping: mapping)
      )
    }
    return joined
  }
}
