import PersistencyModel
import TraceFormat

/// What a trace says about itself, in lines.
enum TraceOverview {
  /// The header.
  static func lines(_ header: TraceHeader) -> [String] {
    var lines = [
      "source      \(name(of: header.source)), \(header.instructionSet), lines of \(header.lineSize) bytes, "
        + "atomic \(header.atomicUnit)"
    ]
    lines += header.buildIDs.map { "build       \($0)" }
    if let space = header.addressSpace {
      lines += space.devices.map { device in
        "device      \(device.name): \(device.size) bytes from \(device.start), \(device.domain.rawValue)"
      }
      lines += space.segments.map { segment in
        let end = EventWords.hexadecimal(segment.end)
        return
          "segment     \(EventWords.hexadecimal(segment.begin)) to \(end): \(mapping(segment, space))"
      }
    } else {
      lines.append("device      none declared")
    }
    if let routing = header.routing { lines.append("routing     \(routing)") }
    lines += header.fidelity.map { "fidelity    \($0.name): \($0.text)" }
    return lines
  }

  /// Completeness and diagnostics.
  static func remarks(_ summary: ReadSummary) -> [String] {
    var lines: [String] = []
    if case .interrupted(let count) = summary.completeness {
      lines.append("INTERRUPTED after event \(count): what came later is not known")
    }
    return lines + summary.diagnostics.map { "note        \($0)" }
  }

  private static func name(of source: TraceSource) -> String {
    switch source {
    case .native: "native recording"
    case .text: "text"
    case .pmemcheck: "pmemcheck log"
    case .other(let name): name
    }
  }

  private static func mapping(_ segment: Segment, _ space: AddressSpace) -> String {
    func name(_ extent: DeviceExtent) -> String {
      "\(space.devices[extent.device].name)+\(EventWords.hexadecimal(extent.offset))"
    }
    switch segment.mapping {
    case .linear(let extent): return "linear \(name(extent))"
    case .striped(let chunk, let extents):
      return "striped \(chunk) over \(extents.map(name).joined(separator: " "))"
    }
  }
}
