/// One device under an address space.
public struct Device: Hashable, Sendable {
  /// Name unique in the address space, such as "D0" or a file name.
  public var name: String
  /// Bytes that the address space may use of it, after `start`.
  public var size: UInt64
  /// Byte of the underlying device at which those begin (a partition); a multiple of 512.
  public var start: UInt64
  /// What of it survives power loss.
  public var domain: PersistenceDomain
  /// Its `write_cache` attribute where somebody has set it: whether a flush of the device does anything.
  public var writeCache: Bool?

  /// A device.
  public init(
    name: String,
    size: UInt64,
    start: UInt64 = 0,
    domain: PersistenceDomain = .adr,
    writeCache: Bool? = nil
  ) {
    self.name = name
    self.size = size
    self.start = start
    self.domain = domain
    self.writeCache = writeCache
  }

  /// Whether a flush of the device writes lines back: `writeCache`, else what the domain needs.
  ///
  /// Source: dm-writecache reference 5.4 (`DAXDEV_WRITE_CACHE`).
  public var hasWriteCache: Bool { writeCache ?? domain.needsWriteBack }
}

/// Part of a device that a segment uses.
public struct DeviceExtent: Hashable, Sendable {
  /// Index of the device in its address space.
  public var device: Int
  /// First byte used, counted from the device's `start`.
  public var offset: UInt64

  /// An extent.
  public init(device: Int, offset: UInt64 = 0) {
    self.device = device
    self.offset = offset
  }
}

/// How the addresses of a segment map to devices.
public enum SegmentMapping: Hashable, Sendable {
  /// One after the other on one device.
  case linear(DeviceExtent)
  /// In turns of `chunk` bytes over several devices.
  case striped(chunk: UInt64, [DeviceExtent])
}

/// A contiguous part of an address space.
public struct Segment: Hashable, Sendable {
  /// First address; a multiple of 64.
  public var begin: UInt64
  /// Bytes.
  public var length: UInt64
  /// Where they are.
  public var mapping: SegmentMapping

  /// A segment.
  public init(begin: UInt64, length: UInt64, mapping: SegmentMapping) {
    self.begin = begin
    self.length = length
    self.mapping = mapping
  }

  /// One past the last address.
  public var end: UInt64 { begin + length }
}

/// A byte of a device: where an address really is.
public struct DeviceLocation: Hashable, Sendable {
  /// Index of the device.
  public var device: Int
  /// Byte counted from the device's `start`.
  public var offset: UInt64
  /// Bytes from here, within the segment or chunk, that stay contiguous on the device; at least 1.
  public var contiguous: UInt64

  /// A location.
  public init(device: Int, offset: UInt64, contiguous: UInt64) {
    self.device = device
    self.offset = offset
    self.contiguous = contiguous
  }
}

/// Devices joined into one range of addresses by linear and striped segments.
///
/// Segments are sorted by address and do not overlap; all boundaries are multiples of 64, so that a
/// cache line is on one device. Arithmetic: dm-writecache reference 5.5.
public struct AddressSpace: Hashable, Sendable {
  /// The devices, by index.
  public var devices: [Device]
  /// The segments, ascending.
  public var segments: [Segment]

  /// An address space; the caller has validated it.
  public init(devices: [Device], segments: [Segment]) {
    self.devices = devices
    self.segments = segments
  }

  /// One device from address 0.
  public init(single name: String, size: UInt64, domain: PersistenceDomain = .adr) {
    devices = [Device(name: name, size: size, domain: domain)]
    segments = [Segment(begin: 0, length: size, mapping: .linear(DeviceExtent(device: 0)))]
  }

  /// One past the highest mapped address; 0 for none.
  public var end: UInt64 { segments.last?.end ?? 0 }

  /// Index of the segment that maps `address`; O(log segments).
  public func segmentIndex(of address: UInt64) -> Int? {
    var low = 0
    var high = segments.count
    while low < high {
      let middle = (low + high) / 2
      if segments[middle].end <= address { low = middle + 1 } else { high = middle }
    }
    return low < segments.count && segments[low].begin <= address ? low : nil
  }

  /// Where the byte at `address` is; `nil` where nothing is mapped.
  public func locate(_ address: UInt64) -> DeviceLocation? {
    segmentIndex(of: address).map { segments[$0].locate(address) }
  }

  /// The domain of the device under `address`; `nil` where nothing is mapped.
  public func domain(at address: UInt64) -> PersistenceDomain? {
    locate(address).map { devices[$0.device].domain }
  }

  /// The address at which a byte of a device (counted from its `start`) appears; `nil` where it does not.
  public func address(of offset: UInt64, onDevice device: Int) -> UInt64? {
    for segment in segments {
      if let address = segment.address(of: offset, onDevice: device) { return address }
    }
    return nil
  }
}

extension Segment {
  /// Where the byte at `address`, inside this segment, is.
  public func locate(_ address: UInt64) -> DeviceLocation {
    let offset = address - begin
    switch mapping {
    case .linear(let extent):
      return DeviceLocation(
        device: extent.device,
        offset: extent.offset + offset,
        contiguous: length - offset
      )
    case .striped(let chunk, let extents):
      let number = offset / chunk
      let within = offset % chunk
      let extent = extents[Int(number % UInt64(extents.count))]
      return DeviceLocation(
        device: extent.device,
        offset: extent.offset + number / UInt64(extents.count) * chunk + within,
        contiguous: chunk - within
      )
    }
  }

  /// The address of a byte of a device, if this segment maps it.
  public func address(of offset: UInt64, onDevice device: Int) -> UInt64? {
    switch mapping {
    case .linear(let extent):
      guard extent.device == device, offset >= extent.offset, offset - extent.offset < length else {
        return nil
      }
      return begin + offset - extent.offset
    case .striped(let chunk, let extents):
      for (stripe, extent) in extents.enumerated()
      where extent.device == device && offset >= extent.offset {
        let relative = offset - extent.offset
        let number = relative / chunk * UInt64(extents.count) + UInt64(stripe)
        let address = number * chunk + relative % chunk
        if address < length { return begin + address }
      }
      return nil
    }
  }
}
