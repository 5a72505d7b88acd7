public import PersistencyModel

// SAFETY: the pointer is into regions that live as long, and every access is checked against the size.
/// Mapped files joined into one range of addresses by a table of segments.
///
/// Holds the mappings; says nothing about flushing. Addresses run from 0 without gaps.
@safe public final class DeviceStack {
  /// The table.
  public let space: AddressSpace
  /// The mapped file of each device of the table.
  public let regions: [MappedRegion]
  // SAFETY: inside the mapping of a region, which is held as long.
  /// The whole stack where it is one run: nothing has to be looked up then.
  private let whole: MappedRun?

  /// A stack over one file, used whole (rounded down to a multiple of 64 bytes).
  ///
  /// - Throws: `TracerError` if the file has under 64 bytes.
  public convenience init(
    _ region: MappedRegion,
    name: String = "D0",
    domain: PersistenceDomain = .adr
  ) throws(TracerError) {
    let size = UInt64(region.size) & ~(CacheLine.size - 1)
    try self.init(AddressSpace(single: name, size: size, domain: domain), over: [region])
  }

  /// A stack over one file for each device of `space`, in their order.
  ///
  /// - Throws: `TracerError` if a file is too short for its device, their number is wrong, the table has
  ///   gaps or does not consist of whole lines, or a device is asynchronous or a disk.
  public init(_ space: AddressSpace, over regions: [MappedRegion]) throws(TracerError) {
    guard space.devices.count == regions.count else {
      throw TracerError(
        .wrongNumberOfFiles(devices: space.devices.count, files: regions.count)
      )
    }
    for (device, region) in zip(space.devices, regions) { try Self.check(device, region) }
    try Self.check(space)
    self.space = space
    self.regions = regions
    if case .linear(let extent) = space.segments[0].mapping, space.segments.count == 1 {
      let device = space.devices[extent.device]
      // SAFETY: the checks above found the segment inside its device and the device inside its file.
      unsafe whole = MappedRun(
        begin: 0,
        end: Int(space.end),
        base: regions[extent.device].base + Int(device.start + extent.offset)
      )
    } else {
      // SAFETY: no pointer is made.
      unsafe whole = nil
    }
  }

  /// Bytes of the stack.
  public var size: Int { Int(space.end) }

  /// Whether every device is real persistent memory.
  public var isPersistentMemory: Bool { regions.allSatisfy(\.isPersistentMemory) }

  /// A copy of `range`, a part of `0..<size`.
  public func bytes(_ range: Range<Int>) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= size, "The range is in the stack")
    var result: [UInt8] = []
    result.reserveCapacity(range.count)
    // SAFETY: a run is mapped memory.
    unsafe forEachRun(in: range) { run in
      unsafe result.append(contentsOf: UnsafeRawBufferPointer(start: run.base, count: run.count))
    }
    return result
  }

  /// The mapped memory from `offset`, in `0..<size`, up to where the device changes.
  func run(at offset: Int) -> MappedRun {
    // SAFETY: the run covers the stack, and what is returned begins inside it.
    if var run = unsafe whole {
      let end = unsafe run.end
      precondition(offset >= 0 && offset < end, "The access is inside the stack")
      unsafe run.base += offset
      unsafe run.begin = offset
      return unsafe run
    }
    guard offset >= 0, let place = space.locate(UInt64(offset)) else {
      preconditionFailure("The access is inside the stack")
    }
    let device = space.devices[place.device]
    // SAFETY: `init` checked that the file is as long as the device says.
    let base = unsafe regions[place.device].base + Int(device.start + place.offset)
    return unsafe MappedRun(begin: offset, end: offset + Int(place.contiguous), base: base)
  }

  // SAFETY: runs are mapped memory; that they are used as such is up to the caller.
  /// Calls `body` with the mapped memory of `range` run by run, in ascending order.
  func forEachRun(in range: Range<Int>, _ body: (MappedRun) -> Void) {
    var offset = range.lowerBound
    while offset < range.upperBound {
      var run = unsafe run(at: offset)
      unsafe run.end = min(run.end, range.upperBound)
      unsafe body(run)
      offset = unsafe run.end
    }
  }

  private static func check(_ device: Device, _ region: MappedRegion) throws(TracerError) {
    guard device.domain != .asynchronous else {
      throw TracerError(.asynchronousDevice(device.name), path: region.path)
    }
    guard device.domain != .disk else {
      throw TracerError(.isADisk(device.name), path: region.path)
    }
    let (end, overflow) = device.start.addingReportingOverflow(device.size)
    guard device.size > 0, !overflow, end <= UInt64(region.size) else {
      throw TracerError(
        .deviceTooShort(
          device: device.name,
          needed: overflow ? .max : max(end, CacheLine.size),
          size: UInt64(region.size)
        ),
        path: region.path
      )
    }
  }

  /// Refuses tables with gaps, and ones that are not made of whole lines.
  static func check(_ space: AddressSpace) throws(TracerError) {
    var end: UInt64 = 0
    for segment in space.segments {
      guard segment.begin == end else { throw TracerError(.unmappedAddress(end)) }
      guard segment.length <= AddressSpace.maximumSize - end else {
        throw TracerError(.sizeOutOfRange(segment.length))
      }
      end += segment.length
      try check(segment, in: space)
    }
    guard end > 0 else { throw TracerError(.unmappedAddress(0)) }
  }

  /// Every boundary of the segment is a line's, and its extents end inside their devices.
  private static func check(_ segment: Segment, in space: AddressSpace) throws(TracerError) {
    let extents = segment.mapping.extents
    var numbers = [segment.begin, segment.length] + extents.map(\.offset)
    var share = segment.length
    if case .striped(let chunk, let stripes) = segment.mapping {
      numbers.append(chunk)
      let round = chunk.multipliedReportingOverflow(by: UInt64(stripes.count))
      guard round.partialValue > 0, !round.overflow, segment.length % round.partialValue == 0 else {
        throw TracerError(.unalignedTable(segment.length))
      }
      share /= UInt64(stripes.count)
    }
    if let odd = numbers.first(where: { $0 % CacheLine.size != 0 }) {
      throw TracerError(.unalignedTable(odd))
    }
    for extent in extents {
      let device = space.devices[extent.device]
      guard extent.offset <= device.size, share <= device.size - extent.offset else {
        throw TracerError(
          .deviceTooShort(
            device: device.name,
            needed: extent.offset &+ share,
            size: device.size
          )
        )
      }
    }
  }
}

// SAFETY: only numbers are read here; the pointer is not followed.
/// Stack offsets that are contiguous in mapped memory.
@unsafe struct MappedRun {
  /// First offset.
  var begin: Int
  /// One past the last.
  var end: Int
  /// Where the first one is mapped.
  var base: UnsafeMutableRawPointer

  /// Bytes of the run.
  var count: Int { unsafe end - begin }
}
