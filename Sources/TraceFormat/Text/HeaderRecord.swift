import PersistencyModel

/// Collects header records into a header.
struct HeaderBuilder {
  private var header = TraceHeader(source: .text)
  private var devices: [Device] = []
  private var segments: [Segment] = []

  /// The header, once every record has been accepted.
  func finished() throws(TraceFormatError) -> TraceHeader {
    var header = header
    if !devices.isEmpty || !segments.isEmpty {
      let space = AddressSpace(devices: devices, segments: segments)
      try AddressSpaceCheck.check(space)
      header.addressSpace = space
    }
    return header
  }

  /// Takes a record whose keyword has been taken; `false` where it is no header record.
  mutating func accept(
    _ keyword: String,
    _ line: Span<UInt8>,
    _ fields: inout TextFields
  ) throws(TraceFormatError) -> Bool {
    switch keyword {
    case "SOURCE": header.source = try source(line, &fields)
    case "ISA": header.instructionSet = try fields.text("an instruction set", line)
    case "LINESIZE": header.lineSize = try powerOfTwo("a line size", 4096, line, &fields)
    case "ATOMIC": header.atomicUnit = try powerOfTwo("an atomic unit", 4096, line, &fields)
    case "BUILD": header.buildIDs.append(try fields.text("a build id", line))
    case "ROUTING": header.routing = try fields.text("a router's name", line)
    case "NOTE":
      let name = try fields.text("a note's name", line)
      header.fidelity.append(FidelityNote(name: name, text: try fields.text("a note", line)))
    case "DEVICE": try addDevice(line, &fields)
    case "SEGMENT": try addSegment(line, &fields)
    default: return false
    }
    try fields.end(line)
    return true
  }

  private func source(
    _ line: Span<UInt8>,
    _ fields: inout TextFields
  ) throws(TraceFormatError) -> TraceSource {
    let name = try fields.text("a source", line)
    switch name {
    case "native": return .native
    case "text": return .text
    case "pmemcheck": return .pmemcheck
    case "other": return .other(try fields.text("the source's name", line))
    default: throw TraceFormatError(.unknown("source", name))
    }
  }

  private func powerOfTwo(
    _ what: String,
    _ limit: UInt64,
    _ line: Span<UInt8>,
    _ fields: inout TextFields
  ) throws(TraceFormatError) -> Int {
    let value = try fields.number(what, in: 1...limit, line)
    guard value & (value - 1) == 0 else {
      throw TraceFormatError(.expected("\(what), a power of two", found: "\(value)"))
    }
    return Int(value)
  }

  private mutating func addDevice(
    _ line: Span<UInt8>,
    _ fields: inout TextFields
  ) throws(TraceFormatError) {
    let name = try fields.text("a device's name", line)
    let size = try fields.number("a device's size", in: 1...UInt64(Int64.max), line)
    let start = try fields.number("a device's start", in: 0...UInt64(Int64.max), line)
    let domainName = try fields.text("a persistence domain", line)
    guard let domain = PersistenceDomain(rawValue: domainName) else {
      throw TraceFormatError(.unknown("persistence domain", domainName))
    }
    guard !devices.contains(where: { $0.name == name }) else {
      throw TraceFormatError(.repeated("device", name))
    }
    devices.append(
      Device(
        name: name,
        size: size,
        start: start,
        domain: domain,
        writeCache: try writeCache(line, &fields)
      )
    )
  }

  private func writeCache(
    _ line: Span<UInt8>,
    _ fields: inout TextFields
  ) throws(TraceFormatError) -> Bool? {
    guard let field = fields.take(line) else { return nil }
    switch rawText(line, field) {
    case "write_cache=0": return false
    case "write_cache=1": return true
    case let other:
      throw TraceFormatError(.expected("write_cache=0 or write_cache=1", found: quoted(other)))
    }
  }

  private mutating func addSegment(
    _ line: Span<UInt8>,
    _ fields: inout TextFields
  ) throws(TraceFormatError) {
    let begin = try fields.number("a segment's address", line)
    let length = try fields.number("a segment's length", line)
    let kind = try fields.text("linear or striped", line)
    let mapping: SegmentMapping
    switch kind {
    case "linear": mapping = .linear(try extent(line, &fields))
    case "striped":
      let chunk = try fields.number("a chunk size", line)
      var extents: [DeviceExtent] = []
      while fields.next != nil { extents.append(try extent(line, &fields)) }
      mapping = .striped(chunk: chunk, extents)
    default: throw TraceFormatError(.expected("linear or striped", found: quoted(kind)))
    }
    segments.append(Segment(begin: begin, length: length, mapping: mapping))
  }

  /// `NAME+OFFSET`: the last `+` counts, since a name may contain one.
  private func extent(
    _ line: Span<UInt8>,
    _ fields: inout TextFields
  ) throws(TraceFormatError) -> DeviceExtent {
    let field = try fields.take("a device and an offset", line)
    guard let plus = field.last(where: { line[$0] == UInt8(ascii: "+") }),
      let offset = TextNumber.value(line, (plus + 1)..<field.upperBound)
    else {
      throw TraceFormatError(.expected("DEVICE+OFFSET", found: quoted(rawText(line, field))))
    }
    let name = try TextEscape.text(line, field.lowerBound..<plus)
    guard let device = devices.firstIndex(where: { $0.name == name }) else {
      throw TraceFormatError(.unknown("device", name))
    }
    return DeviceExtent(device: device, offset: offset)
  }
}
