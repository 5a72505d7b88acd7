import PersistencyModel

/// At each fence the durable image, the visible one, and subsets of the lines in flight that recovery reads.
///
/// Up to 4 such lines: every subset; more: 20 random ones. Of each subset the lines whole, and up to 20
/// combinations in which lines are written in part, in order. Source: policies reference, *Vinter*.
struct VinterExploration: ImageExploration {
  private static let mostLinesOfPowerSet = 4
  private static let randomSubsets = 20
  private static let partialImages = 20

  func explore(_ subject: PolicySubject, _ stream: ImageStream) {
    var writes = WritesInFlight(initial: subject.initial)
    var draw = SeededDraw(seed: subject.seed)
    for (index, event) in subject.trace.events.enumerated() {
      if event.kind.isOrdering, !writes.lines.isEmpty {
        let fence = FenceImages(writes: writes, point: CrashPoint(index), stream: stream)
        tryFence(fence, &draw)
      }
      for line in writes.apply(event, of: subject.trace) { stream[line] = writes[line].durable }
    }
  }

  private func tryFence(_ fence: FenceImages, _ draw: inout SeededDraw) {
    // How many there are depends on what recovery reads.
    fence.stream.plan(nil, at: fence.point)
    guard !fence.stream.isStopped else { return }
    fence.tryKeeping([:])
    fence.tryKeeping(fence.whole(fence.lines))
    let reads = fence.stream.linesRead()
    let candidates = fence.lines.filter { reads?.contains($0) ?? true }
    for subset in subsets(of: candidates, &draw) where !fence.stream.isStopped {
      fence.tryKeeping(fence.whole(subset))
      for kept in partial(subset, fence, &draw) { fence.tryKeeping(kept) }
    }
    fence.showDurable()
  }

  private func subsets(of lines: [CacheLine], _ draw: inout SeededDraw) -> [[CacheLine]] {
    if lines.count <= Self.mostLinesOfPowerSet {
      return (0..<(1 << lines.count)).map { bits in
        lines.indices.filter { bits >> $0 & 1 == 1 }.map { lines[$0] }
      }
    }
    return (0..<Self.randomSubsets).map { _ in lines.filter { _ in draw.below(2) == 1 } }
  }

  /// Combinations in which each line of the subset keeps at least its first write, and not all keep all.
  private func partial(
    _ subset: [CacheLine],
    _ fence: FenceImages,
    _ draw: inout SeededDraw
  ) -> [[CacheLine: Int]] {
    let counts = subset.map { fence.writes[$0].contents.count }
    let isWhole = { (digits: [Int]) in zip(digits, counts).allSatisfy { $0 + 1 == $1 } }
    func kept(_ digits: [Int]) -> [CacheLine: Int] {
      Dictionary(uniqueKeysWithValues: zip(subset, digits.map { $0 + 1 }))
    }
    let total = counts.reduce(1) { min($0 * $1, Self.partialImages + 2) }
    if total <= Self.partialImages + 1 {
      var all: [[CacheLine: Int]] = []
      Combinations(counts).forEach { digits in
        if !isWhole(digits) { all.append(kept(digits)) }
        return true
      }
      return all
    }
    return (0..<Self.partialImages).map { _ in kept(counts.map { draw.below($0) }) }
  }
}

/// Images of one fence: what is durable, and chosen writes in flight.
private struct FenceImages {
  let writes: WritesInFlight
  let point: CrashPoint
  let stream: ImageStream
  let lines: [CacheLine]

  init(writes: WritesInFlight, point: CrashPoint, stream: ImageStream) {
    self.writes = writes
    self.point = point
    self.stream = stream
    lines = writes.lines
  }

  /// All writes of these lines.
  func whole(_ lines: [CacheLine]) -> [CacheLine: Int] {
    Dictionary(uniqueKeysWithValues: lines.map { ($0, writes[$0].contents.count) })
  }

  /// Tries the image that keeps so many writes of each line, none of a line not named.
  func tryKeeping(_ kept: [CacheLine: Int]) {
    for line in lines { stream[line] = writes[line].content(keeping: kept[line] ?? 0) }
    stream.emit(at: point)
  }

  func showDurable() {
    for line in lines { stream[line] = writes[line].durable }
  }
}

/// Numbers drawn from a seed.
struct SeededDraw {
  private var bits: SeededBits

  init(seed: UInt64) { bits = SeededBits(seed: seed) }

  /// A number from 0 up to, but not including, `bound`.
  mutating func below(_ bound: Int) -> Int { Int(bits.next() % UInt64(bound)) }
}
