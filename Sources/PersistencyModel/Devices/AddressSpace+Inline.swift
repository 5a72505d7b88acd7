extension AddressSpace {
  /// The largest address space, in bytes: offsets into it fit an `Int`.
  public static let maximumSize = UInt64(Int.max)

  /// Reads the inline form, such as `linear:64K@adr+4K,64K@eadr;striped:4K:1M,1M`.
  ///
  ///     space   = segment { ";" segment }
  ///     segment = "linear:" device { "," device } | "striped:" CHUNK ":" device { "," device }
  ///     device  = [ NAME "=" ] SIZE [ "@" DOMAIN ] [ "!write_cache=" ( "0" | "1" ) ] [ "+" START ]
  ///
  /// Every device is used whole, and once; addresses follow one another from 0. Devices are named D0, D1
  /// and so on unless they say otherwise. CHUNK, SIZE and START are bytes, with K, M or G for powers of
  /// 1,024, or s for sectors of a disk: 64 bytes of addresses each (`linear:64K,16s@disk`). Sizes and chunks
  /// are multiples of 64, starts (the byte of the underlying device at which a partition begins) of 512. Striped devices have one size, a multiple of the chunk. The domain is
  /// `adr` unless said.
  ///
  /// - Throws: what is wrong and at which column.
  public init(inline text: String) throws(AddressSpaceError) {
    var parser = InlineParser(text)
    self = try parser.parse()
  }

  /// The inline form, from which `init(inline:)` makes this space again; `nil` where it has none: a device
  /// used in part or more than once, or addresses that do not begin at 0.
  public var inlineDescription: String? {
    var parts: [String] = []
    var copy = AddressSpace(devices: [], segments: [])
    for segment in segments {
      let extents = segment.mapping.extents
      copy.append(segment: segment.mapping, of: extents.map { devices[$0.device] })
      let list = extents.map { devices[$0.device].inlineDescription(at: $0.device) }
      let text = list.joined(separator: ",")
      if case .striped(let chunk, _) = segment.mapping {
        parts.append("striped:\(byteCountDescription(chunk)):\(text)")
      } else if let last = parts.popLast() {
        parts += last.hasPrefix("linear:") ? ["\(last),\(text)"] : [last, "linear:\(text)"]
      } else {
        parts.append("linear:\(text)")
      }
    }
    return copy == self && !parts.isEmpty ? parts.joined(separator: ";") : nil
  }

  /// Appends a segment over whole devices, which are added.
  fileprivate mutating func append(segment mapping: SegmentMapping, of added: [Device]) {
    let extents = added.indices.map { DeviceExtent(device: devices.count + $0) }
    let begin = end
    let length = added.reduce(0) { $0 &+ $1.size }
    devices += added
    switch mapping {
    case .linear:
      segments.append(Segment(begin: begin, length: length, mapping: .linear(extents[0])))
    case .striped(let chunk, _):
      segments.append(
        Segment(begin: begin, length: length, mapping: .striped(chunk: chunk, extents))
      )
    }
  }
}

/// A number of bytes with the largest suffix that leaves it whole.
func byteCountDescription(_ bytes: UInt64) -> String {
  for (letter, shift) in [("G", 30), ("M", 20), ("K", 10)] as [(String, UInt64)]
  where bytes != 0 && bytes & (1 << shift - 1) == 0 {
    return "\(bytes >> shift)\(letter)"
  }
  return "\(bytes)"
}

extension Device {
  fileprivate func inlineDescription(at index: Int) -> String {
    (name == "D\(index)" ? "" : "\(name)=") + placeDescription
  }

  /// Size, domain and start as the inline form writes them.
  var placeDescription: String {
    (domain == .disk ? "\(sectorCount)s" : byteCountDescription(size))
      + (domain == .adr ? "" : "@\(domain.rawValue)")
      + (writeCache.map { "!write_cache=\($0 ? 1 : 0)" } ?? "")
      + (start == 0 ? "" : "+\(byteCountDescription(start))")
  }
}

/// Recursive descent over the inline form.
private struct InlineParser {
  var scanner: DescriptionScanner
  var space = AddressSpace(devices: [], segments: [])

  init(_ text: String) { scanner = DescriptionScanner(text) }

  mutating func parse() throws(AddressSpaceError) -> AddressSpace {
    guard !scanner.isAtEnd else { throw scanner.error(.empty) }
    repeat { try segment() } while scanner.skip(";")
    guard scanner.isAtEnd else { throw scanner.expected("\",\", \";\" or the end") }
    return space
  }

  private mutating func segment() throws(AddressSpaceError) {
    let start = scanner.offset
    let kind = scanner.name()
    guard kind == "linear" || kind == "striped" else {
      throw scanner.expected("\"linear:\" or \"striped:\"", at: start)
    }
    try scanner.require(":")
    if kind == "linear" { try linear() } else { try striped() }
  }

  private mutating func linear() throws(AddressSpaceError) {
    repeat {
      let device = try device(index: space.devices.count, others: [])
      try append(.linear(DeviceExtent(device: 0)), [device])
    } while scanner.skip(",")
  }

  private mutating func striped() throws(AddressSpaceError) {
    let start = scanner.offset
    let chunk = try scanner.size("a chunk size", unit: CacheLine.size)
    try scanner.require(":")
    var stripes: [Device] = []
    repeat {
      let place = scanner.offset
      let device = try device(index: space.devices.count + stripes.count, others: stripes)
      if let first = stripes.first, first.size != device.size {
        throw scanner.error(.stripesDiffer(first.size, device.size), at: place)
      }
      stripes.append(device)
    } while scanner.skip(",")
    let size = stripes[0].size
    guard size % chunk == 0 else {
      let (length, _) = size.multipliedReportingOverflow(by: UInt64(stripes.count))
      throw scanner.error(
        .unevenStripes(length: length, stripes: stripes.count, chunk: chunk),
        at: start
      )
    }
    try append(.striped(chunk: chunk, []), stripes)
  }

  private mutating func append(
    _ mapping: SegmentMapping,
    _ added: [Device]
  ) throws(AddressSpaceError) {
    var total = space.end
    for device in added {
      guard device.size <= AddressSpace.maximumSize - total else {
        throw scanner.error(.sizeOutOfRange("the sum of all devices"))
      }
      total += device.size
    }
    space.append(segment: mapping, of: added)
  }

  private mutating func device(
    index: Int,
    others: [Device]
  ) throws(AddressSpaceError) -> Device {
    let start = scanner.offset
    var name = "D\(index)"
    var ahead = scanner
    if let given = ahead.name(allowing: [UInt8(ascii: "/"), UInt8(ascii: ":")]), ahead.skip("=") {
      name = given
      scanner = ahead
    }
    if (space.devices + others).contains(where: { $0.name == name }) {
      throw scanner.error(.duplicateDevice(name), at: start)
    }
    return try scanner.device(named: name)
  }
}

extension DescriptionScanner {
  /// Reads a size in bytes, at least one `unit` and a multiple of it.
  mutating func size(_ what: String, unit: UInt64) throws(AddressSpaceError) -> UInt64 {
    let start = offset
    let size = try number(what, withSuffix: true)
    guard size > 0 else { throw error(.sizeOutOfRange("0"), at: start) }
    guard size % unit == 0 else { throw error(.notMultiple(size, of: unit), at: start) }
    return size
  }

  /// Reads `SIZE [ "@" DOMAIN ] [ "!write_cache=" FLAG ] [ "+" START ]`.
  mutating func device(named name: String) throws(AddressSpaceError) -> Device {
    let size = try size("a size in bytes", unit: CacheLine.size)
    var device = Device(name: name, size: size)
    if skip("@") { device.domain = try domain(of: name) }
    if skip("!") { device.writeCache = try writeCache() }
    if skip("+") {
      let start = offset
      device.start = try number("a start in bytes", withSuffix: true)
      guard device.start % 512 == 0 else {
        throw error(.notMultiple(device.start, of: 512), at: start)
      }
      guard device.start <= AddressSpace.maximumSize - device.size else {
        throw error(.sizeOutOfRange("start and size together"), at: start)
      }
    }
    return device
  }

  private mutating func writeCache() throws(AddressSpaceError) -> Bool {
    let start = offset
    guard name() == "write_cache", skip("="), let flag = name(), flag == "0" || flag == "1" else {
      throw expected("write_cache=0 or write_cache=1", at: start)
    }
    return flag == "1"
  }

  private mutating func domain(of device: String) throws(AddressSpaceError) -> PersistenceDomain {
    let start = offset
    guard let word = name(), let domain = PersistenceDomain(rawValue: word) else {
      throw expected("adr, eadr, wpq, volatile or disk", at: start)
    }
    guard domain != .asynchronous else { throw error(.asynchronous(device), at: start) }
    return domain
  }
}

extension SegmentMapping {
  /// The parts of devices that the segment uses, in the order of its stripes.
  public var extents: [DeviceExtent] {
    switch self {
    case .linear(let extent): [extent]
    case .striped(_, let extents): extents
    }
  }
}
