import PersistencyModel

/// Refuses addresses outside the regions that a trace declares.
struct RegionGuard {
  /// Ascending, neither overlapping nor touching.
  private var ranges: [Range<UInt64>] = []
  private var last = 0
  /// Devices, where one of them is a disk.
  private let disks: AddressSpace?

  /// The regions of an address space.
  init(_ space: AddressSpace) {
    disks = space.disks.isEmpty ? nil : space
    for segment in space.segments {
      if let before = ranges.last, before.upperBound == segment.begin {
        ranges[ranges.count - 1] = before.lowerBound..<segment.end
      } else {
        ranges.append(segment.begin..<segment.end)
      }
    }
  }

  /// Whether one region holds `size` bytes from `address`, whose sum is within 64 bits.
  mutating func holds(_ address: UInt64, size: UInt64) -> Bool {
    if last < ranges.count, isInside(ranges[last], address, size) { return true }
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound <= address { low = middle + 1 } else { high = middle }
    }
    guard low < ranges.count, isInside(ranges[low], address, size) else { return false }
    last = low
    return true
  }

  /// An error unless one region holds all bytes of the event.
  mutating func check(_ event: Event) throws(TraceFormatError) {
    if disks == nil { try Self.checkWithoutDevices(event) }
    guard event.kind != .mark, event.size > 0 else { return }
    let address = event.kind.isLineFlush ? event.line.address : event.address
    guard holds(address, size: UInt64(event.size)) else {
      throw TraceFormatError(.outsideRegions(address: event.address, size: UInt64(event.size)))
    }
    guard let disks else { return }
    guard !event.kind.isSectorWrite || event.size == 8 else {
      throw TraceFormatError(
        .expected("8 bytes that stand for a sector", found: "\(event.size) bytes")
      )
    }
    let isOnDisk = disks.diskSector(at: address) != nil
    guard isOnDisk == event.kind.isOfDisk, !isOnDisk || address % CacheLine.size == 0 else {
      throw TraceFormatError(isOnDisk ? .onDisk(address: address) : .notOnDisk(address: address))
    }
  }

  /// An error for an event of a disk where the trace describes none.
  static func checkWithoutDevices(_ event: Event) throws(TraceFormatError) {
    guard event.kind.isOfDisk else { return }
    throw TraceFormatError(.notOnDisk(address: event.address))
  }

  private func isInside(_ range: Range<UInt64>, _ address: UInt64, _ size: UInt64) -> Bool {
    range.lowerBound <= address && address + size <= range.upperBound
  }
}
