/// A device of a split, as the table text says it.
struct RoutingDevice: Hashable, Sendable {
  var size: Int
  /// Byte of the device's file at which the table's byte 0 is.
  var start: Int
  var isEADR: Bool
}

/// Where one byte of the stack is.
struct RoutingPlace: Hashable {
  var device: Int
  /// Byte of the device's file.
  var fileOffset: Int
  /// Segment of the table, and chunk in it (0 for a linear one).
  var segment: Int
  var chunk: Int
}

/// A contiguous part of the stack, over one device or over several in turns.
struct RoutingSegment: Hashable, Sendable {
  var begin: Int
  var length: Int
  /// Bytes of a chunk; `nil` for a linear segment.
  var chunk: Int?
  /// Device and first byte used of it, from its start, for each stripe.
  var legs: [Leg]

  struct Leg: Hashable, Sendable {
    var device: Int
    var offset: Int
  }
}

/// A stack of devices with arithmetic of its own, so that it can contradict the tool's.
///
/// Source: dm-writecache reference 5.5.
struct RoutingSplit: Hashable, Sendable, CustomStringConvertible {
  var devices: [RoutingDevice]
  var segments: [RoutingSegment]
  /// Whether the text is in the inline form, in which every device is used whole and once.
  var isInline = false

  /// Bytes of the stack.
  var size: Int { segments.reduce(0) { $0 + $1.length } }

  /// The table as the tool reads it.
  var description: String { isInline ? inlineText : tableText }

  /// Where a byte of the stack is.
  func place(of address: Int) -> RoutingPlace {
    guard
      let index = segments.firstIndex(where: {
        address >= $0.begin && address < $0.begin + $0.length
      })
    else { preconditionFailure("The byte \(address) is in the stack") }
    let segment = segments[index]
    let offset = address - segment.begin
    guard let chunk = segment.chunk else {
      return place(segment.legs[0], offset, segment: index, chunk: 0)
    }
    let number = offset / chunk
    let leg = segment.legs[number % segment.legs.count]
    let onLeg = (number / segment.legs.count) * chunk + offset % chunk
    return place(leg, onLeg, segment: index, chunk: number)
  }

  private func place(
    _ leg: RoutingSegment.Leg,
    _ offset: Int,
    segment: Int,
    chunk: Int
  ) -> RoutingPlace {
    RoutingPlace(
      device: leg.device,
      fileOffset: devices[leg.device].start + leg.offset + offset,
      segment: segment,
      chunk: chunk
    )
  }

  private var tableText: String {
    var lines = devices.enumerated().map { "device D\($0) \(text($1))" }
    for segment in segments {
      let legs = segment.legs.map { "D\($0.device) \($0.offset / 512)" }.joined(separator: " ")
      let kind = segment.chunk.map { "striped \(segment.legs.count) \($0 / 512)" } ?? "linear"
      lines.append("\(segment.begin / 512) \(segment.length / 512) \(kind) \(legs)")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private var inlineText: String {
    segments.map { segment in
      let legs = segment.legs.map { text(devices[$0.device]) }.joined(separator: ",")
      return (segment.chunk.map { "striped:\($0):" } ?? "linear:") + legs
    }.joined(separator: ";")
  }

  private func text(_ device: RoutingDevice) -> String {
    "\(device.size)" + (device.isEADR ? "@eadr" : "")
      + (device.start == 0 ? "" : "+\(device.start)")
  }
}
