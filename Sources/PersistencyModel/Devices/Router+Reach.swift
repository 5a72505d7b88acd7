/// Routers that reach too few devices, or too few of their bytes.
extension Router {
  /// Asks the device of the range's first byte for as many bytes as the whole range has.
  public static let firstDeviceOverrun = Router(
    name: "first-device-overrun",
    number: "RT1",
    summary: "The device of the range's first byte writes back the full length from there, "
      + "whatever the table maps after it; the other devices write back nothing."
  ) { request, space in
    guard let first = space.split(request).first, first.address == request.lowerBound else {
      return []
    }
    let start = first.onUnderlyingDevice(in: space)
    return [start.extended(to: UInt64(request.count))]
  }

  /// Asks the device that holds the range's first byte, up to the end of that segment or chunk.
  ///
  /// What Linux 4.13 did: it looked up the one target, and in a striped target the one chunk, of the
  /// first sector, and flushed on that device only. The length is clipped at the end of the segment
  /// (linear) or of the chunk (striped): later chunks on the same device are left behind too. Where
  /// nothing maps the first byte, nothing is written back.
  public static let firstSegment = Router(
    name: "first-segment",
    number: "RT2",
    summary: "The device of the range's first byte writes back up to the end of that segment or "
      + "chunk, the rest of the range reaches nothing."
  ) { request, space in
    guard let first = space.split(request).first, first.address == request.lowerBound else {
      return []
    }
    return [first.onUnderlyingDevice(in: space)]
  }

  /// Asks device 0 for whatever parts of the range it holds, and no other device for anything.
  ///
  /// All parts on device 0 are written back, in whichever segment or chunk they are.
  public static let firstDevice = Router(
    name: "first-device",
    number: "RT3",
    summary: "Device 0 writes back its part of the range, the rest of the range reaches nothing."
  ) { request, space in
    space.split(request).filter { $0.device == 0 }.map { $0.onUnderlyingDevice(in: space) }
  }

  /// Rounds the length of each piece down to lines.
  public static let wholeLinesOnly = Router(
    name: "whole-lines-only",
    number: "RT8",
    summary: "Each length is rounded down to whole lines: a last part of under 64 bytes reaches "
      + "nothing."
  ) { request, space in
    space.split(request).map { $0.onUnderlyingDevice(in: space).roundedDown(to: CacheLine.size) }
  }

  /// Rounds the length of each piece down to pages.
  public static let wholePagesOnly = Router(
    name: "whole-pages-only",
    number: "RT8",
    summary: "Each length is rounded down to whole pages: a last part of under 4,096 bytes reaches "
      + "nothing."
  ) { request, space in
    space.split(request).map { $0.onUnderlyingDevice(in: space).roundedDown(to: 4096) }
  }

  /// Goes back without a word at the first piece of which the device's pages are not the stack's.
  ///
  /// What a mapping error came to in Linux 4.13 (dm-writecache reference, 5.2).
  public static let unalignedNothing = Router(
    name: "unaligned-nothing",
    number: "RT9",
    summary: "From the first piece on that does not lie on 4,096-byte pages of its device as it "
      + "does in the stack, nothing is reached, and nobody is told."
  ) { request, space in
    let pieces = space.split(request)
    let whole = pieces.prefix { piece in
      let place = piece.onUnderlyingDevice(in: space)
      return place.bytes.lowerBound % 4096 == piece.address % 4096
    }
    return whole.map { $0.onUnderlyingDevice(in: space) }
  }

  /// Carries a deep flush out on the region of its first byte only.
  public static let deepFirstRegion = Router(
    name: "deep-first-region",
    number: "RT12",
    summary: "A deep flush reaches the write-pending queue of the region of its first byte only.",
    deep: { range, space in
      guard let first = space.split(range).first, first.address == range.lowerBound else {
        return range.lowerBound..<range.lowerBound
      }
      return first.address..<(first.address + UInt64(first.bytes.count))
    },
    route: Router.everyPiece
  )

  /// Passes a flush of the origin to the first disk only.
  public static let firstDisk = Router(
    name: "first-disk",
    number: "RT13",
    summary: "A flush of the origin reaches its first disk only.",
    disks: { Array($0.prefix(1)) },
    route: Router.everyPiece
  )
}

extension DeviceRange {
  /// The range from the same byte on with another length.
  func extended(to count: UInt64) -> DeviceRange {
    DeviceRange(device: device, bytes: bytes.lowerBound..<(bytes.lowerBound &+ count))
  }

  /// The range with its length rounded down to a multiple of `unit`.
  fileprivate func roundedDown(to unit: UInt64) -> DeviceRange {
    extended(to: UInt64(bytes.count) / unit * unit)
  }
}
