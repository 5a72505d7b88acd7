import PersistencyModel
import TraceFormat

/// Memory before the first event: the devices' bytes, and how the program saw them.
struct CheckMemory {
  /// Where addresses are.
  let space: AddressSpace
  /// Each device's bytes, from byte 0 of the underlying device; of a disk, those of its sectors.
  let devices: [[UInt8]]
  /// What the program saw, from the first mapped address to the last; disks as not written yet.
  let stack: MemoryImage
  /// The images given, as a certificate names them.
  let given: [CertificateRecord.Image]
  /// Whether any image was given.
  var isGiven: Bool { !given.isEmpty }

  /// Most bytes of an address space that are held.
  static let maximumSize: UInt64 = 8 << 30

  /// Reads `[DEV=]IMG` arguments; without any, memory is zeros.
  init(
    _ arguments: [String],
    role: String = "initial",
    space: AddressSpace?,
    for trace: Trace
  ) throws {
    let images = try arguments.map { try NamedImage($0, space: space) }
    let lone = images.count == 1 && images[0].device == nil ? images[0] : nil
    let space = space ?? Self.assumedSpace(image: lone, trace: trace)
    let begin = space.segments.first?.begin ?? 0
    try Self.requireRoom(for: space.end - begin, "the devices span", "bytes of addresses")
    let bytes = space.devices.reduce(UInt64(0)) { sum, device in
      // Names, sizes and starts are a file's: their sum may be anything.
      [device.start, device.domain == .disk ? device.size &* 8 : device.size].reduce(sum) {
        $0.addingReportingOverflow($1).overflow ? .max : $0 + $1
      }
    }
    try Self.requireRoom(for: bytes, "the devices have", "bytes up to their last ones")
    var devices = space.devices.map { [UInt8](repeating: 0, count: Int($0.underlyingSize)) }
    for image in images {
      if let device = image.device {
        try image.require(size: devices[device].count, of: "device \(space.devices[device].name)")
        devices[device] = image.bytes
      } else if images.count > 1 {
        throw ToolFailure.usage("several images need names: \(image.path) has no DEV=")
      } else {
        try Self.spread(image, over: space, into: &devices)
      }
    }
    self.space = space
    self.devices = devices
    stack = Self.joined(devices, by: space)
    given = images.map { image in
      let device = image.device.map { space.devices[$0].name }
      return CertificateRecord.Image(role: role, device: device, bytes: image.bytes)
    }
  }

  /// One device from address 0: as large as the image, or as far as the trace reaches.
  private static func assumedSpace(image: NamedImage?, trace: Trace) -> AddressSpace {
    let reach =
      trace.events.lazy.filter { $0.kind != .mark && $0.size > 0 }
      .map { ($0.kind.isLineFlush ? $0.line.address : $0.address) &+ UInt64($0.size) }.max() ?? 0
    let size = image.map { UInt64($0.bytes.count) } ?? min(reach, .max - 4095).roundedUp(to: 4096)
    return AddressSpace(single: "pmem", size: max(size, 64))
  }

  private static func requireRoom(for size: UInt64, _ what: String, _ unit: String) throws {
    guard size > maximumSize else { return }
    throw ToolFailure.malformed("\(what) \(size) \(unit); at most \(maximumSize) are held")
  }

  private static func spread(
    _ image: NamedImage,
    over space: AddressSpace,
    into devices: inout [[UInt8]]
  ) throws {
    if devices.count == 1, image.bytes.count == devices[0].count {
      devices[0] = image.bytes
      return
    }
    let begin = space.segments.first?.begin ?? 0
    try image.require(size: Int(space.memoryEnd - begin), of: "the devices joined")
    forEachExtent(of: space) { address, device, offset, length in
      let from = Int(address - begin)
      devices[device].replaceSubrange(
        offset..<(offset + length),
        with: image.bytes[from..<(from + length)]
      )
    }
  }

  /// The bytes of memory devices in order of addresses; what nothing maps is zero.
  static func joined(_ devices: [[UInt8]], by space: AddressSpace) -> MemoryImage {
    let begin = space.segments.first?.begin ?? 0
    var bytes = [UInt8](repeating: 0, count: Int(space.end - begin))
    forEachExtent(of: space) { address, device, offset, length in
      let from = Int(address - begin)
      bytes.replaceSubrange(
        from..<(from + length),
        with: devices[device][offset..<(offset + length)]
      )
    }
    return MemoryImage(base: begin, bytes: bytes)
  }

  private static func forEachExtent(
    of space: AddressSpace,
    _ body: (UInt64, Int, Int, Int) -> Void
  ) {
    for segment in space.segments {
      var address = segment.begin
      while address < segment.end {
        let location = segment.locate(address)
        let length = min(location.contiguous, segment.end - address)
        let device = space.devices[location.device]
        if device.domain != .disk {
          body(address, location.device, Int(device.start + location.offset), Int(length))
        }
        address += length
      }
    }
  }
}

extension UInt64 {
  /// The next multiple of `unit`.
  fileprivate func roundedUp(to unit: UInt64) -> UInt64 { (self + (unit - 1)) / unit * unit }
}

/// An image file, perhaps for a named device.
struct NamedImage {
  let path: String
  let device: Int?
  let bytes: [UInt8]

  init(_ argument: String, space: AddressSpace?) throws {
    var file = argument
    var named: Int?
    if let equals = argument.firstIndex(of: "="),
      let device = space?.devices.firstIndex(where: { $0.name == argument[..<equals] })
    {
      named = device
      file = String(argument[argument.index(after: equals)...])
    }
    path = file
    device = named
    bytes = try ToolFailure.translating { try DecodedFile.bytes(ofFile: file, limit: 8 << 30) }
  }

  /// Says what is wrong when the image has another size.
  func require(size: Int, of what: String) throws {
    guard bytes.count == size else {
      throw ToolFailure.malformed(
        "\(path): \(bytes.count) bytes, expected \(size): the size of \(what)"
      )
    }
  }
}

/// Verifies that a recording explains what memory became.
enum ReplayCheck {
  /// Throws when initial image and events do not give the final images.
  static func verify(
    _ trace: Trace,
    from initial: CheckMemory,
    to final: CheckMemory,
    file: String
  ) throws {
    var memory = initial.stack
    for event in trace.events where event.kind.isStore && !event.kind.isSectorWrite {
      for (offset, byte) in trace.bytes(of: event).enumerated() {
        memory.bytes[Int(event.address - memory.base) + offset] = byte
      }
    }
    try DiskReplay.verify(trace, from: initial, to: final, file: file)
    guard memory != final.stack else { return }
    let first = memory.bytes.indices.first { memory.bytes[$0] != final.stack.bytes[$0] } ?? 0
    let count = memory.bytes.indices.count { memory.bytes[$0] != final.stack.bytes[$0] }
    throw ToolFailure.malformed(
      "\(file): initial image and events do not give the final image: \(count) bytes differ, "
        + "the first at address 0x\(String(memory.base + UInt64(first), radix: 16)) "
        + "(\(memory.bytes[first]) from the events, \(final.stack.bytes[first]) in the image)"
    )
  }
}
