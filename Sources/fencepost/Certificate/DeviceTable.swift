import PersistencyModel

/// An address space as a certificate holds it.
struct DeviceTable: Codable, Hashable {
  struct Device: Codable, Hashable {
    var name: String
    var size: UInt64
    var start: UInt64
    var domain: String
    /// The `write_cache` attribute; absent where it was not set.
    var writeCache: Bool?
  }

  struct Extent: Codable, Hashable {
    /// Position among the devices, from 0.
    var device: Int
    var offset: UInt64
  }

  struct Segment: Codable, Hashable {
    var begin: UInt64
    var length: UInt64
    /// Bytes of a stripe; absent where the segment is linear.
    var chunk: UInt64?
    var extents: [Extent]
  }

  var devices: [Device]
  var segments: [Segment]

  init(_ space: AddressSpace) {
    devices = space.devices.map {
      Device(
        name: $0.name,
        size: $0.size,
        start: $0.start,
        domain: $0.domain.rawValue,
        writeCache: $0.writeCache
      )
    }
    segments = space.segments.map { segment in
      var chunk: UInt64?
      if case .striped(let bytes, _) = segment.mapping { chunk = bytes }
      return Segment(
        begin: segment.begin,
        length: segment.length,
        chunk: chunk,
        extents: segment.mapping.extents.map { Extent(device: $0.device, offset: $0.offset) }
      )
    }
  }

  /// The address space.
  ///
  /// - Throws: where the table is none, with its path.
  func space() throws -> AddressSpace {
    var end: UInt64 = 0
    return AddressSpace(
      devices: try devices.enumerated().map { try device($1, "addressSpace.devices[\($0)]") },
      segments: try segments.enumerated().map { index, segment in
        let path = "addressSpace.segments[\(index)]"
        defer { end = segment.begin &+ segment.length }
        return try self.segment(segment, after: end, path)
      }
    )
  }

  private func device(_ device: Device, _ path: String) throws -> PersistencyModel.Device {
    guard let domain = PersistenceDomain(rawValue: device.domain) else {
      throw CertificateFormatError(path: "\(path).domain", reason: "there is no \(device.domain)")
    }
    guard device.size <= AddressSpace.maximumSize,
      device.start <= AddressSpace.maximumSize - device.size
    else { throw CertificateFormatError(path: "\(path).size", reason: "too large") }
    return PersistencyModel.Device(
      name: device.name,
      size: device.size,
      start: device.start,
      domain: domain,
      writeCache: device.writeCache
    )
  }

  private func segment(
    _ segment: Segment,
    after end: UInt64,
    _ path: String
  ) throws -> PersistencyModel.Segment {
    func refusal(_ reason: String) -> CertificateFormatError {
      CertificateFormatError(path: path, reason: reason)
    }
    guard segment.begin >= end, segment.begin % 64 == 0, segment.length > 0,
      segment.length <= AddressSpace.maximumSize,
      segment.begin <= AddressSpace.maximumSize - segment.length
    else { throw refusal("segments ascend, begin with a line and do not overlap") }
    let stripes = UInt64(segment.extents.count)
    guard stripes > 0, segment.chunk != nil || stripes == 1 else {
      throw refusal("a linear segment has one extent, a striped one at least one")
    }
    if let chunk = segment.chunk {
      guard chunk > 0, chunk % 64 == 0, segment.length % stripes == 0,
        segment.length / stripes % chunk == 0
      else { throw refusal("a chunk is a multiple of 64 and divides the segment evenly") }
    }
    for extent in segment.extents {
      guard devices.indices.contains(extent.device), extent.offset <= AddressSpace.maximumSize,
        extent.offset + segment.length / stripes <= (devices[extent.device].size + 63) / 64 * 64
      else { throw refusal("an extent lies inside a device") }
    }
    let extents = segment.extents.map { DeviceExtent(device: $0.device, offset: $0.offset) }
    return PersistencyModel.Segment(
      begin: segment.begin,
      length: segment.length,
      mapping: segment.chunk.map { .striped(chunk: $0, extents) } ?? .linear(extents[0])
    )
  }
}
