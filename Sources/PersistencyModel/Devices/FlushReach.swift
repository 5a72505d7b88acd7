/// What a flush request came to: which device was asked for what, and which lines were written back.
public struct FlushReach: Hashable, Sendable {
  /// What was asked of devices, in order.
  public var asked: [DeviceRange]
  /// The lines written back, each once, in the order of the first time.
  public var written: [CacheLine]
  /// The lines of the range that needed to be written back and were not, ascending.
  public var leftBehind: [CacheLine]
}

extension Router {
  /// What becomes of a request to flush `request`; O(lines of the range).
  public func reach(of request: Range<UInt64>, in space: AddressSpace) -> FlushReach {
    let asked = ranges(for: request, in: space)
    let written = space.lines(writtenBackBy: asked)
    let reached = Set(written)
    let needed = space.lines(
      of: Router.correct.ranges(for: request, in: space),
      where: \.domain.needsWriteBack
    )
    return FlushReach(
      asked: asked,
      written: written,
      leftBehind: needed.filter { !reached.contains($0) }.sorted()
    )
  }
}

extension AddressSpace {
  /// The lines that devices write back when asked for `ranges`, each once, in order.
  ///
  /// Each range is rounded out to lines on its device and cut at the device's ends. A device that has no
  /// write cache does nothing; nor does a part of one that no segment maps.
  public func lines(writtenBackBy ranges: [DeviceRange]) -> [CacheLine] {
    lines(of: ranges, where: \.hasWriteCache)
  }

  /// The lines of `ranges` on the devices that `isChosen` selects, each once, in order.
  fileprivate func lines(
    of ranges: [DeviceRange],
    where isChosen: (Device) -> Bool
  ) -> [CacheLine] {
    var seen: Set<CacheLine> = []
    var lines: [CacheLine] = []
    for range in ranges where isChosen(devices[range.device]) {
      let device = devices[range.device]
      let low = max(range.bytes.lowerBound, device.start)
      let high = min(range.bytes.upperBound, device.start + device.size)
      guard low < high else { continue }
      for index in CacheLine.covering(low - device.start, size: high - low) {
        guard let address = address(of: index * CacheLine.size, onDevice: range.device) else {
          continue
        }
        let line = CacheLine(containing: address)
        if seen.insert(line).inserted { lines.append(line) }
      }
    }
    return lines
  }
}
