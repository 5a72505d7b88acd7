import PersistencyModel

/// Refuses address spaces that `AddressSpace` does not allow.
enum AddressSpaceCheck {
  /// The first rule that is broken, as an error.
  static func check(_ space: AddressSpace) throws(TraceFormatError) {
    for device in space.devices where device.start % 512 != 0 {
      throw expected("a device's start, a multiple of 512", hexadecimal(device.start))
    }
    var used: [(device: Int, range: Range<UInt64>, name: String)] = []
    var end: UInt64 = 0
    for segment in space.segments {
      try checkBounds(segment, after: end)
      end = segment.end
      for (extent, length) in try extents(of: segment) {
        let range = try range(of: extent, length: length, in: space)
        let name = "\(space.devices[extent.device].name)+\(hexadecimal(extent.offset))"
        if let other = used.first(where: { $0.device == extent.device && $0.range.overlaps(range) })
        {
          throw TraceFormatError(.overlap("segments over \(other.name)", "over \(name)"))
        }
        used.append((extent.device, range, name))
      }
    }
  }

  private static func checkBounds(_ segment: Segment, after end: UInt64) throws(TraceFormatError) {
    guard segment.begin % 64 == 0, segment.length % 64 == 0, segment.length > 0 else {
      throw expected(
        "a segment at a multiple of 64 whose length is one, above 0",
        "\(hexadecimal(segment.length)) at \(hexadecimal(segment.begin))"
      )
    }
    guard !segment.begin.addingReportingOverflow(segment.length).overflow else {
      throw TraceFormatError(.overflow(address: segment.begin, size: segment.length))
    }
    guard segment.begin >= end else {
      throw TraceFormatError(
        .overlap(
          "the segment at \(hexadecimal(segment.begin))",
          "the one before it, which ends at \(hexadecimal(end)) (ascending order is required),"
        )
      )
    }
  }

  private static func extents(
    of segment: Segment
  ) throws(TraceFormatError) -> [(DeviceExtent, UInt64)] {
    switch segment.mapping {
    case .linear(let extent): return [(extent, segment.length)]
    case .striped(let chunk, let extents):
      let count = UInt64(extents.count)
      guard count > 0, chunk > 0, chunk % 64 == 0, segment.length % count == 0,
        segment.length / count % chunk == 0
      else {
        throw expected(
          "stripes of a chunk that is a multiple of 64 and divides the segment evenly",
          "\(hexadecimal(chunk)) over \(count) in \(hexadecimal(segment.length))"
        )
      }
      return extents.map { ($0, segment.length / count) }
    }
  }

  private static func range(
    of extent: DeviceExtent,
    length: UInt64,
    in space: AddressSpace
  ) throws(TraceFormatError) -> Range<UInt64> {
    let (end, overflows) = extent.offset.addingReportingOverflow(length)
    // A device that does not end on a line still owns the rest of its last line.
    let size = (space.devices[extent.device].size + 63) / 64 * 64
    guard extent.offset % 64 == 0, !overflows, end <= size else {
      throw expected(
        "an extent inside device \(quoted(space.devices[extent.device].name)) at a multiple of 64",
        "\(hexadecimal(length)) at \(hexadecimal(extent.offset))"
      )
    }
    return extent.offset..<end
  }

  private static func expected(_ what: String, _ found: String) -> TraceFormatError {
    TraceFormatError(.expected(what, found: found))
  }
}
