import PersistencyModel

/// Image files as the devices under one range of addresses.
struct ImageStack {
  private let files: [ImageFile]
  private let space: AddressSpace

  /// Bytes of the joined images.
  var size: Int { Int(space.end) }

  /// The files one after the other.
  ///
  /// - Throws: `ToolFailure.malformed` for an empty file, or for one whose size is no multiple of 64.
  init(joining files: [ImageFile]) throws(ToolFailure) {
    var end: UInt64 = 0
    for file in files {
      guard file.size > 0, file.size % CacheLine.size == 0 else {
        throw .malformed("\(file.path): \(file.size) bytes are not a whole number of cache lines")
      }
      guard file.size <= UInt64(Int.max) - end else {
        throw .malformed("\(file.path): the images together have more bytes than can be addressed")
      }
      end += file.size
    }
    space = AddressSpace(joining: files.map { (name: $0.path, size: $0.size) })
    self.files = files
  }

  /// The files as the devices of `space`, in its order; each file is the whole underlying device.
  ///
  /// - Throws: `ToolFailure.usage` for another number of files, `ToolFailure.malformed` for a small one.
  init(files: [ImageFile], as space: AddressSpace) throws(ToolFailure) {
    guard files.count == space.devices.count else {
      throw .usage("\(space.devices.count) devices are described and \(files.count) images given")
    }
    for (file, device) in zip(files, space.devices) where file.size < device.start + device.size {
      throw .malformed(
        "\(file.path): \(file.size) bytes, device \(device.name) needs "
          + "\(device.start + device.size)"
      )
    }
    self.files = files
    self.space = space
  }

  /// The bytes of `range`, gathered from the devices under it.
  ///
  /// - Throws: `ToolFailure.inputOutput`.
  func bytes(_ range: Range<Int>) throws(ToolFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    while bytes.count < range.count {
      let address = UInt64(range.lowerBound + bytes.count)
      guard let place = space.locate(address) else {
        throw .malformed("no device is mapped at byte \(address)")
      }
      let count = min(Int(clamping: place.contiguous), range.count - bytes.count)
      bytes += try files[place.device].bytes(
        at: space.devices[place.device].start + place.offset,
        count: count
      )
    }
    return bytes
  }
}

extension AddressSpace {
  /// Devices one after the other, each used whole.
  init(joining parts: [(name: String, size: UInt64)]) {
    self.init(devices: [], segments: [])
    for (index, part) in parts.enumerated() {
      let begin = end
      devices.append(Device(name: part.name, size: part.size))
      segments.append(
        Segment(
          begin: begin,
          length: part.size,
          mapping: .linear(DeviceExtent(device: index))
        )
      )
    }
  }
}
