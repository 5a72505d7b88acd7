import PersistencyModel

/// The files that a process registered, as an address space.
///
/// A file that is mapped twice is one device: its bytes get the addresses of the larger mapping, and other
/// addresses of the same bytes are translated, since a cache line is of memory and not of an address.
struct PmemcheckRegions {
  /// Addresses of the log that are shifted by `delta` to become those of the trace.
  private struct Window {
    var range: Range<UInt64>
    var delta: UInt64
  }

  /// One device per file, one segment per mapped part.
  private(set) var space: AddressSpace
  private var windows: [Window] = []
  private var last = 0
  /// What had to be translated or rounded, as sentences.
  private(set) var remarks: [String] = []

  /// The regions of registrations in the log's order, of which there is at least one.
  init(_ registrations: [PmemcheckRegistration]) throws(TraceFormatError) {
    space = AddressSpace(devices: [], segments: [])
    var distinct: [PmemcheckRegistration] = []
    for registration in registrations where !distinct.contains(registration) {
      try Self.check(registration, against: distinct)
      distinct.append(registration)
      addDevice(of: registration)
    }
    let sorted = distinct.enumerated().sorted {
      ($1.element.size, $0.offset) < ($0.element.size, $1.offset)
    }
    for (_, registration) in sorted { add(registration) }
    space.segments.sort { $0.begin < $1.begin }
    windows.sort { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// The trace's address for `size` bytes at a logged address; `nil` outside every registered file.
  @inline(__always)
  mutating func translate(_ address: UInt64, size: UInt64) -> UInt64? {
    let window = windows[last]
    if window.range.lowerBound <= address, address &+ size <= window.range.upperBound {
      return address &+ window.delta
    }
    return translateSlowly(address, size: size)
  }

  private mutating func translateSlowly(_ address: UInt64, size: UInt64) -> UInt64? {
    var low = 0
    var high = windows.count
    while low < high {
      let middle = (low + high) / 2
      if windows[middle].range.upperBound <= address { low = middle + 1 } else { high = middle }
    }
    guard low < windows.count, windows[low].range.lowerBound <= address else { return nil }
    last = low
    return holds(low, address, upTo: address + size) ? address &+ windows[low].delta : nil
  }

  /// Whether the windows from `index` on hold everything up to `end` under one shift.
  private func holds(_ index: Int, _ address: UInt64, upTo end: UInt64) -> Bool {
    var index = index
    while windows[index].range.upperBound < end {
      let next = index + 1
      guard next < windows.count,
        windows[next].range.lowerBound == windows[index].range.upperBound,
        windows[next].delta == windows[index].delta
      else { return false }
      index = next
    }
    return true
  }

  private static func check(
    _ registration: PmemcheckRegistration,
    against others: [PmemcheckRegistration]
  ) throws(TraceFormatError) {
    let limit = UInt64(Int64.max)
    for (what, value) in [
      ("a registration's size", registration.size),
      ("a registration's file offset", registration.offset),
    ] where value > limit / 2 || (value == 0 && value == registration.size) {
      throw TraceFormatError(.outOfRange(what, value, 1...(limit / 2)))
    }
    guard registration.base <= limit else {
      throw TraceFormatError(.overflow(address: registration.base, size: registration.size))
    }
    guard registration.base % 64 == 0, registration.offset % 64 == 0 else {
      throw TraceFormatError(
        .expected(
          "a registration at multiples of 64",
          found: "\(hexadecimal(registration.base)) for offset \(hexadecimal(registration.offset))"
        )
      )
    }
    for other in others where other.range.overlaps(registration.range) {
      throw TraceFormatError(.overlap("registrations \(other.name)", registration.name))
    }
  }

  private mutating func addDevice(of registration: PmemcheckRegistration) {
    let end = registration.offset + registration.length
    if registration.length != registration.size {
      remarks.append("\(registration.name) is read as ending on a cache line")
    }
    if let index = space.devices.firstIndex(where: { $0.name == registration.path }) {
      space.devices[index].size = max(space.devices[index].size, end)
    } else {
      space.devices.append(Device(name: registration.path, size: end))
    }
  }

  private mutating func add(_ registration: PmemcheckRegistration) {
    guard let device = space.devices.firstIndex(where: { $0.name == registration.path }) else {
      return
    }
    var offset = registration.offset
    let end = registration.offset + registration.length
    while offset < end {
      let address = registration.base + (offset - registration.offset)
      let length: UInt64
      if let known = space.address(of: offset, onDevice: device) {
        length = contiguous(known, atMost: end - offset)
        windows.append(Window(range: address..<(address + length), delta: known &- address))
        remarks.append(
          "\(hexadecimal(length)) bytes at \(hexadecimal(address)) are those at "
            + "\(hexadecimal(known)) of the same file, and are given that address"
        )
      } else {
        length = freeLength(from: offset, to: end, device: device)
        windows.append(Window(range: address..<(address + length), delta: 0))
        insert(
          Segment(
            begin: address,
            length: length,
            mapping: .linear(DeviceExtent(device: device, offset: offset))
          )
        )
      }
      offset += length
    }
  }

  private mutating func insert(_ segment: Segment) {
    space.segments.append(segment)
    space.segments.sort { $0.begin < $1.begin }
  }

  private func contiguous(_ address: UInt64, atMost limit: UInt64) -> UInt64 {
    min(limit, space.locate(address)?.contiguous ?? limit)
  }

  /// Bytes of a device from `offset` that no segment maps yet.
  private func freeLength(from offset: UInt64, to end: UInt64, device: Int) -> UInt64 {
    var nearest = end
    for segment in space.segments {
      if case .linear(let extent) = segment.mapping, extent.device == device,
        extent.offset >= offset
      {
        nearest = min(nearest, extent.offset)
      }
    }
    return nearest - offset
  }
}

extension PmemcheckRegistration {
  /// The size rounded up to whole cache lines.
  var length: UInt64 { (size + 63) / 64 * 64 }
  /// The addresses.
  var range: Range<UInt64> { base..<(base + length) }
  /// Such as "f at 0x1000".
  var name: String { "of \(quoted(path)) at \(hexadecimal(base))" }
}
