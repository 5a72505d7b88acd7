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
/// So a router is one small value. It also says which disks a flush of the origin reaches, and how much of
/// a deep flush. Source of the faulty ones: dm-writecache reference 5.7.
public struct Router: Sendable {
  /// What becomes of a flush of a range.
  public typealias RangeRoute =
    @Sendable (_ request: Range<UInt64>, _ space: AddressSpace) -> [DeviceRange]
  /// Which of the disks, given by index, a flush of the origin reaches.
  public typealias DiskRoute = @Sendable (_ disks: [Int]) -> [Int]
  /// What is left of the range of a deep flush.
  public typealias DeepRoute =
    @Sendable (_ range: Range<UInt64>, _ space: AddressSpace) -> Range<UInt64>

  /// What a command line calls it.
  public let name: String
  /// Its number in the dm-writecache reference, such as "RT3"; `nil` for a right one.
  public let number: String?
  /// One sentence: what reaches what.
  public let summary: String
  private let route: RangeRoute
  private let routeDisks: DiskRoute
  private let routeDeeply: DeepRoute

  /// A router; its functions must give the same answer for the same question.
  public init(
    name: String,
    number: String? = nil,
    summary: String,
    disks: @escaping DiskRoute = { $0 },
    deep: @escaping DeepRoute = { range, _ in range },
    route: @escaping RangeRoute
  ) {
    self.name = name
    self.number = number
    self.summary = summary
    self.route = route
    routeDisks = disks
    routeDeeply = deep
  }

  /// Every mapped piece of the range, each on its own device.
  public static let everyPiece: RangeRoute = { request, space in
    space.split(request).map { $0.onUnderlyingDevice(in: space) }
  }

  /// The disks that a flush of the origin reaches, in order.
  public func disks(in space: AddressSpace) -> [Int] { routeDisks(space.disks) }

  /// What of a deep flush's range is carried out.
  public func deepRange(_ range: Range<UInt64>, in space: AddressSpace) -> Range<UInt64> {
    range.isEmpty ? range : routeDeeply(range, space)
  }

  /// The parts of devices that the router asks for, in the order in which it does.
  public func ranges(for request: Range<UInt64>, in space: AddressSpace) -> [DeviceRange] {
    request.isEmpty ? [] : route(request, space)
  }
}

extension Router {
  /// Every router known by name, `correct` first, then by number.
  public static let all: [Router] = [
    .correct, .firstDeviceOverrun, .firstSegment, .firstDevice, .stackedAddress, .startForgotten,
    .stripeRowLost, .stripeSwapped, .secondPieceOffset, .wholeLinesOnly, .wholePagesOnly,
    .unalignedNothing, .firstFlagGates, .everyFlagGates, .flagLost, .deepFirstRegion, .firstDisk,
  ]

  /// The router with a name, or with the number of its fault ("RT3"; the first of several).
  public init?(named name: String) {
    guard let router = Self.all.first(where: { $0.name == name || $0.number == name }) else {
      return nil
    }
    self = router
  }

  /// Splits the range where devices change and asks each device for its part; flushes every disk.
  public static let correct = Router(
    name: "correct",
    summary: "Every device writes back its part of the range, every disk is flushed.",
    route: Router.everyPiece
  )
}

extension DevicePiece {
  /// The piece as its device counts bytes: from the beginning of the underlying device.
  func onUnderlyingDevice(in space: AddressSpace) -> DeviceRange {
    let start = space.devices[device].start
    return DeviceRange(
      device: device,
      bytes: (start + bytes.lowerBound)..<(start + bytes.upperBound)
    )
  }
}
