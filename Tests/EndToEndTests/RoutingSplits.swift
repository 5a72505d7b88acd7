import Foundation
import TestSupport

/// The splits that are tried: corner cases by hand, and random ones.
enum RoutingSplits {
  /// Whether the environment asks for the complete suite (`FENCEPOST_COMPLETE=1`).
  static let isComplete = ProcessInfo.processInfo.environment["FENCEPOST_COMPLETE"] == "1"

  /// Bytes of the stacks: 36 blocks, so that freed ones are used again; the same with a rest; 47
  /// blocks; the same with a rest that only the inline form can say.
  static let sizes = [148 << 10, 148 << 10 + 1536, 192 << 10, 192 << 10 + 64]

  static let all = corners + random

  /// Splits whose verdicts are worth knowing one by one.
  static let corners: [RoutingSplit] = [
    // The stack of the demo.
    inline([65536, 65536, 65536]),
    // Device 0 holds all that is ever used.
    inline([163_840, 32768]),
    // The other devices need no write-back; then device 0 alone does not.
    inline([65536, 65536, 65536], eADR: [1, 2]),
    inline([65536, 65536, 65536], eADR: [0]),
    // A boundary inside the request for the entry table, inside a block, behind the superblock.
    inline([512, 196_096]),
    inline([40960 + 64, 155_584]),
    inline([64, 196_544], eADR: [1]),
    // The superblock is not on device 0.
    table([1, 0, 2], lengths: [65536, 65536, 65536]),
    // The range goes on in another segment of the same device.
    table([0, 0, 1], lengths: [40960 + 512, 122_880 - 512, 32768]),
    striped(512, 3), striped(4096, 3), striped(8192, 4), striped(16384, 3), striped(16384, 4),
    striped(4096, 3, eADR: [1, 2]),
  ]

  /// Random tables; the same seeds give the same tables.
  static let random: [RoutingSplit] = (0..<UInt64(isComplete ? 200 : 4)).map { seed in
    var generator = SplitMix64(seed: seed)
    return .random(using: &generator)
  }

  /// Linear segments in the inline form, a device each.
  static func inline(_ sizes: [Int], eADR: Set<Int> = []) -> RoutingSplit {
    var begin = 0
    return RoutingSplit(
      devices: sizes.enumerated().map {
        RoutingDevice(size: $1, start: 0, isEADR: eADR.contains($0))
      },
      segments: sizes.enumerated().map { index, size in
        defer { begin += size }
        return RoutingSegment(
          begin: begin,
          length: size,
          legs: [RoutingSegment.Leg(device: index, offset: 0)]
        )
      },
      isInline: true
    )
  }

  private static func table(_ devices: [Int], lengths: [Int]) -> RoutingSplit {
    var builder = RoutingSplitBuilder(deviceCount: (devices.max() ?? 0) + 1)
    for (device, length) in zip(devices, lengths) {
      builder.append(length: length, chunk: nil, on: [device])
    }
    return builder.split
  }

  private static func striped(_ chunk: Int, _ count: Int, eADR: Set<Int> = []) -> RoutingSplit {
    var builder = RoutingSplitBuilder(deviceCount: count)
    builder.append(length: 192 << 10, chunk: chunk, on: Array(0..<count))
    for device in eADR { builder.split.devices[device].isEADR = true }
    return builder.split
  }
}

/// Lays segments out on devices one after the other.
struct RoutingSplitBuilder {
  var split: RoutingSplit

  init(deviceCount: Int) {
    let device = RoutingDevice(size: 0, start: 0, isEADR: false)
    split = RoutingSplit(
      devices: [RoutingDevice](repeating: device, count: deviceCount),
      segments: []
    )
  }

  /// Adds a segment behind the others, `gap` bytes behind what its devices are used for already.
  mutating func append(length: Int, chunk: Int?, on devices: [Int], gap: Int = 0) {
    let begin = split.size
    let legs = devices.map { device in
      let offset = split.devices[device].size + gap
      split.devices[device].size = offset + length / devices.count
      return RoutingSegment.Leg(device: device, offset: offset)
    }
    split.segments.append(
      RoutingSegment(begin: begin, length: length, chunk: chunk, legs: legs)
    )
  }
}

extension RoutingSplit {
  /// A random split of one of the sizes.
  static func random(using generator: inout SplitMix64) -> RoutingSplit {
    let size = RoutingSplits.sizes.randomElement(using: &generator) ?? 0
    var split: RoutingSplit
    switch (size % 512 != 0, Int.random(in: 0..<5, using: &generator)) {
    case (true, _), (_, 0): split = randomInline(size, using: &generator)
    case (_, 1), (_, 2): split = randomStriped(size, using: &generator)
    default: split = randomTable(size, using: &generator)
    }
    let isMixed = Int.random(in: 0..<3, using: &generator) == 0
    for device in split.devices.indices {
      split.devices[device].isEADR = isMixed && Bool.random(using: &generator)
      split.devices[device].start = 512 * Int.random(in: 0..<5, using: &generator)
    }
    return split
  }

  /// Two to four devices, cut where a page, a sector or a line ends.
  private static func randomInline(
    _ size: Int,
    using generator: inout SplitMix64
  ) -> RoutingSplit {
    let count = Int.random(in: 2...4, using: &generator)
    let unit = [4096, 512, 64].randomElement(using: &generator) ?? 64
    return RoutingSplits.inline(lengths(of: size, count, unit: unit, using: &generator))
  }

  /// Linear segments on two to four devices in any order, some devices used several times.
  private static func randomTable(
    _ size: Int,
    using generator: inout SplitMix64
  ) -> RoutingSplit {
    let count = Int.random(in: 2...4, using: &generator)
    let segments = count + Int.random(in: 0...3, using: &generator)
    let unit = Bool.random(using: &generator) ? 4096 : 512
    var builder = RoutingSplitBuilder(deviceCount: count)
    let order = (0..<segments).map {
      $0 < count ? $0 : Int.random(in: 0..<count, using: &generator)
    }
    .shuffled(using: &generator)
    for (device, length) in zip(
      order,
      lengths(of: size, segments, unit: unit, using: &generator)
    ) {
      let gap = 512 * Int.random(in: 0..<3, using: &generator)
      builder.append(length: length, chunk: nil, on: [device], gap: gap)
    }
    return builder.split
  }

  /// Stripes, perhaps with linear segments before and behind on the same devices.
  private static func randomStriped(
    _ size: Int,
    using generator: inout SplitMix64
  ) -> RoutingSplit {
    let count = Int.random(in: 2...4, using: &generator)
    let chunk = [512, 4096, 8192, 16384].randomElement(using: &generator) ?? 512
    let before = 512 * Int.random(in: 1...16, using: &generator)
    let length = (size - before) / (count * chunk) * (count * chunk)
    let isFirst = Bool.random(using: &generator)
    let devices = Array(0..<count).shuffled(using: &generator)
    var builder = RoutingSplitBuilder(deviceCount: count)
    func other() -> [Int] { [Int.random(in: 0..<count, using: &generator)] }
    if !isFirst { builder.append(length: before, chunk: nil, on: other()) }
    builder.append(length: length, chunk: chunk, on: devices)
    let rest = size - builder.split.size
    if rest > 0 { builder.append(length: rest, chunk: nil, on: other()) }
    return builder.split
  }

  /// `count` lengths that make up `size`; all but the last are multiples of `unit`.
  private static func lengths(
    of size: Int,
    _ count: Int,
    unit: Int,
    using generator: inout SplitMix64
  ) -> [Int] {
    var cuts: Set<Int> = []
    while cuts.count < count - 1 {
      // Half of the cuts are near the front, where superblock, entries and first blocks are.
      let last = Bool.random(using: &generator) ? size : 16384
      cuts.insert(unit * Int.random(in: 1...((last - 1) / unit), using: &generator))
    }
    let ends = cuts.sorted() + [size]
    return zip(ends, [0] + ends).map { $0 - $1 }
  }
}
