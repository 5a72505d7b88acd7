extension AddressSpace {
  /// Reads device-mapper table lines, in which everything counts 512-byte sectors.
  ///
  ///     device NAME SIZE[@DOMAIN][+START]
  ///     BEGIN LENGTH linear NAME OFFSET
  ///     BEGIN LENGTH striped STRIPES CHUNK NAME OFFSET [ NAME OFFSET ... ]
  ///
  /// Only the `device` lines are ours, and optional: they say size, domain and start as the inline form
  /// does. A device without one is as large as it is used, with domain `adr` and start 0. Names are only
  /// names: nothing is opened. Empty lines and lines that begin with `#` are skipped. Segments follow one
  /// another from sector 0 without gaps.
  ///
  /// - Throws: what is wrong, with line and column.
  public init(table text: String) throws(AddressSpaceError) {
    var parser = TableParser()
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      try parser.read(line, number: index + 1)
    }
    self = try parser.finish()
  }

  /// The table form, from which `init(table:)` makes this space again, as long as its boundaries are
  /// multiples of 512.
  public var tableDescription: String {
    var lines = devices.map { "device \($0.name) \($0.placeDescription)" }
    for segment in segments {
      let extents = segment.mapping.extents
        .map { "\(devices[$0.device].name) \($0.offset / sector)" }.joined(separator: " ")
      let place = "\(segment.begin / sector) \(segment.length / sector)"
      switch segment.mapping {
      case .linear: lines.append("\(place) linear \(extents)")
      case .striped(let chunk, let stripes):
        lines.append("\(place) striped \(stripes.count) \(chunk / sector) \(extents)")
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }
}

/// Bytes in a sector.
private let sector: UInt64 = 512

/// Reads table lines one by one.
private struct TableParser {
  private var devices: [Device] = []
  private var isDeclared: [Bool] = []
  private var segments: [Segment] = []
  private var end: UInt64 = 0
  private var lastLine = 1
  private var used: [DeviceUse] = []

  mutating func read(_ line: Substring, number: Int) throws(AddressSpaceError) {
    lastLine = number
    var scanner = DescriptionScanner(line, line: number)
    scanner.skipBlanks()
    if scanner.isAtEnd || scanner.skip("#") { return }
    let start = scanner
    if scanner.name() == "device" { return try declare(&scanner) }
    scanner = start
    try segment(&scanner)
  }

  func finish() throws(AddressSpaceError) -> AddressSpace {
    guard !segments.isEmpty else { throw AddressSpaceError(.empty, line: lastLine, column: 1) }
    return AddressSpace(devices: devices, segments: segments)
  }

  private mutating func declare(_ scanner: inout DescriptionScanner) throws(AddressSpaceError) {
    scanner.skipBlanks()
    let start = scanner.offset
    let name = try scanner.deviceName()
    guard !devices.contains(where: { $0.name == name }) else {
      throw scanner.error(.duplicateDevice(name), at: start)
    }
    scanner.skipBlanks()
    devices.append(try scanner.device(named: name))
    isDeclared.append(true)
    try scanner.finishLine()
  }

  private mutating func segment(_ scanner: inout DescriptionScanner) throws(AddressSpaceError) {
    let start = scanner.offset
    let begin = try scanner.sectors("a first sector or \"device\"")
    guard begin <= end else { throw scanner.error(.gap(end: end, begin: begin), at: start) }
    guard begin == end else { throw scanner.error(.overlap(end: end, begin: begin), at: start) }
    let place = scanner.offset
    let length = try scanner.sectors("a number of sectors")
    guard length > 0, length <= AddressSpace.maximumSize - begin else {
      throw scanner.error(.sizeOutOfRange("\(length / sector) sectors"), at: place)
    }
    let mapping = try mapping(length, &scanner)
    try scanner.finishLine()
    segments.append(Segment(begin: begin, length: length, mapping: mapping))
    end = begin + length
  }

  private mutating func mapping(
    _ length: UInt64,
    _ scanner: inout DescriptionScanner
  ) throws(AddressSpaceError) -> SegmentMapping {
    let start = scanner.offset
    switch scanner.name() {
    case "linear":
      scanner.skipBlanks()
      return .linear(try extent(length, &scanner))
    case "striped":
      scanner.skipBlanks()
      return try striped(length, &scanner)
    default: throw scanner.expected("\"linear\" or \"striped\"", at: start)
    }
  }

  private mutating func striped(
    _ length: UInt64,
    _ scanner: inout DescriptionScanner
  ) throws(AddressSpaceError) -> SegmentMapping {
    let start = scanner.offset
    let stripes = try scanner.number("a number of stripes")
    guard stripes > 0 else { throw scanner.expected("at least one stripe", at: start) }
    scanner.skipBlanks()
    let place = scanner.offset
    let chunk = try scanner.sectors("a chunk size in sectors")
    guard chunk > 0 else { throw scanner.error(.sizeOutOfRange("0"), at: place) }
    guard length % stripes == 0, length / stripes % chunk == 0 else {
      throw scanner.error(
        .unevenStripes(length: length, stripes: Int(stripes), chunk: chunk),
        at: start
      )
    }
    var extents: [DeviceExtent] = []
    for _ in 0..<stripes { extents.append(try extent(length / stripes, &scanner)) }
    return .striped(chunk: chunk, extents)
  }

  /// Reads `NAME OFFSET`, of which `length` bytes are used.
  private mutating func extent(
    _ length: UInt64,
    _ scanner: inout DescriptionScanner
  ) throws(AddressSpaceError) -> DeviceExtent {
    let start = scanner.offset
    let name = try scanner.deviceName()
    scanner.skipBlanks()
    let place = scanner.offset
    let offset = try scanner.sectors("an offset in sectors")
    guard length <= AddressSpace.maximumSize - offset else {
      throw scanner.error(.sizeOutOfRange("\(offset / sector) sectors"), at: place)
    }
    let device = index(of: name)
    let use = DeviceUse(device: device, bytes: offset..<(offset + length))
    if let other = used.first(where: { $0.overlaps(use) }) {
      let shared = max(other.bytes.lowerBound, offset)
      throw scanner.error(.deviceUsedTwice(name, offset: shared), at: start)
    }
    used.append(use)
    if !isDeclared[device] {
      devices[device].size = max(devices[device].size, offset + length)
    } else if offset + length > devices[device].size {
      throw scanner.error(
        .deviceTooSmall(name, needed: offset + length, size: devices[device].size),
        at: start
      )
    }
    return DeviceExtent(device: device, offset: offset)
  }

  private mutating func index(of name: String) -> Int {
    if let index = devices.firstIndex(where: { $0.name == name }) { return index }
    devices.append(Device(name: name, size: 0))
    isDeclared.append(false)
    return devices.count - 1
  }
}

/// Bytes of a device that a segment maps.
private struct DeviceUse {
  var device: Int
  var bytes: Range<UInt64>

  func overlaps(_ other: DeviceUse) -> Bool {
    device == other.device && bytes.overlaps(other.bytes)
  }
}

extension DescriptionScanner {
  /// Reads a number of sectors and the blanks after it; returns bytes.
  fileprivate mutating func sectors(_ what: String) throws(AddressSpaceError) -> UInt64 {
    let sectors = try number(what, limit: AddressSpace.maximumSize / sector)
    skipBlanks()
    return sectors * sector
  }

  fileprivate mutating func deviceName() throws(AddressSpaceError) -> String {
    guard let name = name(allowing: [UInt8(ascii: "/"), UInt8(ascii: ":")]) else {
      throw expected("the name of a device")
    }
    return name
  }

  /// Nothing but blanks may follow.
  fileprivate mutating func finishLine() throws(AddressSpaceError) {
    skipBlanks()
    guard isAtEnd else { throw expected("the end of the line") }
  }
}
