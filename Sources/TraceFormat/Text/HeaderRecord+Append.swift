import PersistencyModel

/// Writes headers as records.
enum HeaderRecord {
  /// Appends one line for each thing the header says that is not the default.
  static func append(_ header: TraceHeader, to text: inout [UInt8]) {
    let usual = TraceHeader(source: header.source)
    appendSource(header.source, to: &text)
    if header.instructionSet != usual.instructionSet {
      append("ISA", [header.instructionSet], to: &text)
    }
    if header.lineSize != usual.lineSize { append("LINESIZE", ["\(header.lineSize)"], to: &text) }
    if header.atomicUnit != usual.atomicUnit {
      append("ATOMIC", ["\(header.atomicUnit)"], to: &text)
    }
    for build in header.buildIDs { append("BUILD", [build], to: &text) }
    if let space = header.addressSpace { append(space, to: &text) }
    if let routing = header.routing { append("ROUTING", [routing], to: &text) }
    for note in header.fidelity { append("NOTE", [note.name, note.text], to: &text) }
  }

  private static func appendSource(_ source: TraceSource, to text: inout [UInt8]) {
    switch source {
    case .native: append("SOURCE", ["native"], to: &text)
    case .text: append("SOURCE", ["text"], to: &text)
    case .pmemcheck: append("SOURCE", ["pmemcheck"], to: &text)
    case .other(let name): append("SOURCE", ["other", name], to: &text)
    }
  }

  private static func append(_ space: AddressSpace, to text: inout [UInt8]) {
    for device in space.devices {
      append(
        "DEVICE",
        [
          device.name, hexadecimal(device.size), hexadecimal(device.start), device.domain.rawValue,
        ] + (device.writeCache.map { ["write_cache=\($0 ? 1 : 0)"] } ?? []),
        to: &text
      )
    }
    for segment in space.segments {
      var fields = [hexadecimal(segment.begin), hexadecimal(segment.length)]
      switch segment.mapping {
      case .linear(let extent): fields += ["linear", description(of: extent, in: space)]
      case .striped(let chunk, let extents):
        fields += ["striped", hexadecimal(chunk)]
        fields += extents.map { description(of: $0, in: space) }
      }
      append("SEGMENT", fields, to: &text)
    }
  }

  private static func description(of extent: DeviceExtent, in space: AddressSpace) -> String {
    "\(space.devices[extent.device].name)+\(hexadecimal(extent.offset))"
  }

  private static func append(_ keyword: String, _ fields: [String], to text: inout [UInt8]) {
    text.append(contentsOf: keyword.utf8)
    for field in fields {
      text.append(UInt8(ascii: ";"))
      TextEscape.append(field, to: &text)
    }
    text.append(UInt8(ascii: "\n"))
  }
}
