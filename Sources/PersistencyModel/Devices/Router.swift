/// Part of a device that a router asks to write back.
public struct DeviceRange: Hashable, Sendable {
  /// Index of the device.
  public var device: Int
  /// Bytes of the underlying device: a partition begins at the device's `start`, not at 0.
  public var bytes: Range<UInt64>

  /// A part of a device.
  public init(device: Int, bytes: Range<UInt64>) {
    self.device = device
    self.bytes = bytes
  }
}

/// Turns a flush request for a range into write-backs on devices: rightly, or with a known fault.
///
/// A router only says which bytes of which device it asks for. What a device makes of that is the same
/// under every router: it rounds out to lines, and does nothing where its domain needs no write-back.
/// So a router is one small value. Source of the faulty ones: dm-writecache reference 5.7.
public struct Router: Sendable {
  /// What a command line calls it.
  public let name: String
  /// One sentence: what reaches what.
  public let summary: String
  private let route: @Sendable (Range<UInt64>, AddressSpace) -> [DeviceRange]

  /// A router; `route` must give the same answer for the same question.
  public init(
    name: String,
    summary: String,
    route: @escaping @Sendable (_ request: Range<UInt64>, _ space: AddressSpace) -> [DeviceRange]
  ) {
    self.name = name
    self.summary = summary
    self.route = route
  }

  /// The parts of devices that the router asks for, in the order in which it does.
  public func ranges(for request: Range<UInt64>, in space: AddressSpace) -> [DeviceRange] {
    request.isEmpty ? [] : route(request, space)
  }
}

extension Router {
  /// Every router known by name, `correct` first.
  public static let all: [Router] = [.correct, .firstDevice, .firstSegment]

  /// The router with a name.
  public init?(named name: String) {
    guard let router = Self.all.first(where: { $0.name == name }) else { return nil }
    self = router
  }

  /// Splits the range where devices change and asks each device for its part.
  public static let correct = Router(
    name: "correct",
    summary: "Every device writes back its part of the range."
  ) { request, space in
    space.split(request).map { $0.onUnderlyingDevice(in: space) }
  }

  /// Asks device 0 for whatever parts of the range it holds, and no other device for anything (RT3).
  ///
  /// All parts on device 0 are written back, in whichever segment or chunk they are.
  public static let firstDevice = Router(
    name: "first-device",
    summary: "Device 0 writes back its part of the range, the rest of the range reaches nothing."
  ) { request, space in
    space.split(request).filter { $0.device == 0 }.map { $0.onUnderlyingDevice(in: space) }
  }

  /// Asks the device that holds the range's first byte, up to the end of that segment or chunk (RT2).
  ///
  /// What Linux 4.13 did: it looked up the one target, and in a striped target the one chunk, of the
  /// first sector, and flushed on that device only. The length is clipped at the end of the segment
  /// (linear) or of the chunk (striped): later chunks on the same device are left behind too. Where
  /// nothing maps the first byte, nothing is written back.
  public static let firstSegment = Router(
    name: "first-segment",
    summary: "The device of the range's first byte writes back up to the end of that segment or "
      + "chunk, the rest of the range reaches nothing."
  ) { request, space in
    guard let first = space.split(request).first, first.address == request.lowerBound else {
      return []
    }
    return [first.onUnderlyingDevice(in: space)]
  }
}

extension DevicePiece {
  fileprivate func onUnderlyingDevice(in space: AddressSpace) -> DeviceRange {
    let start = space.devices[device].start
    return DeviceRange(
      device: device,
      bytes: (start + bytes.lowerBound)..<(start + bytes.upperBound)
    )
  }
}
