import CacheSpecification
import PersistencyModel

/// An operation of the small scope: blocks A (sector 0) and B (sector 1).
enum Step: CaseIterable {
  case writeA
  case writeB
  case forceA
  case flush
  case discardA
  case writeBack

  /// What any block device can be asked for.
  static let requests: [Step] = [.writeA, .writeB, .forceA, .flush, .discardA]

  static func sequences(upTo length: Int, of steps: [Step] = requests) -> [[Step]] {
    guard length > 0 else { return [[]] }
    let shorter = sequences(upTo: length - 1, of: steps)
    return [[]] + shorter.flatMap { tail in steps.map { [$0] + tail } }
  }

  /// The block written, if any.
  var block: Int? {
    switch self {
    case .writeA, .forceA: 0
    case .writeB: 1
    default: nil
    }
  }
}

/// What a block shows: the halves of two versions.
///
/// Version 0 is the origin's content, version `i` what
/// step `i` wrote, anything above was never written.
struct Halves: Hashable {
  var low: Int
  var high: Int

  init(_ whole: Int) { (low, high) = (whole, whole) }
  init(_ low: Int, _ high: Int) { (self.low, self.high) = (low, high) }

  var bytes: [UInt8] {
    HistoryScript.torn(low == 0 ? nil : "v\(low)", high == 0 ? nil : "v\(high)")
  }
}

/// What recovery shows: both blocks, or nothing, or blocks and a broken invariant.
enum Seen: Hashable {
  case blocks(Halves, Halves)
  case refused
  case broken(Halves, Halves)
}

/// Turns what is seen into observations; each content is interned once.
struct Observer {
  private(set) var table: ContentTable
  private var contents: [Halves: BlockContent] = [:]

  init(table: ContentTable) { self.table = table }

  mutating func observation(_ seen: Seen) -> Observation {
    switch seen {
    case .refused: .refused(reason: "no magic")
    case .blocks(let a, let b): .mounted(blocks(a, b))
    case .broken(let a, let b):
      .mounted(MountedCache(blocks: blocks(a, b), brokenInvariants: [BrokenInvariant("M2")]))
    }
  }

  private mutating func blocks(_ a: Halves, _ b: Halves) -> [ObservedBlock] {
    [
      ObservedBlock(sector: 0, content: content(a)), ObservedBlock(sector: 1, content: content(b)),
    ]
  }

  private mutating func content(_ halves: Halves) -> BlockContent {
    if let known = contents[halves] { return known }
    let content = table.intern(halves.bytes)
    contents[halves] = content
    return content
  }
}

/// The definition, for operations one after the other: step `i` (from 1) is begun at crash point `2i-1`
/// and acknowledged at `2i`.
struct PlainHistory {
  let steps: [Step]

  var script: HistoryScript {
    var script = HistoryScript()
    for (index, step) in steps.enumerated() {
      switch step {
      case .writeA, .writeB: script.write(UInt64(step.block ?? 0), "v\(index + 1)")
      case .forceA: script.write(0, "v\(index + 1)", isForced: true)
      case .flush: script.flush()
      case .discardA: script.run(.discard, 0..<1)
      case .writeBack: script.run(.writeBack)
      }
    }
    return script
  }

  private func begun(_ point: Int) -> Int { (point + 1) / 2 }
  private func acknowledged(_ point: Int) -> Int { point / 2 }

  // MARK: dm-writecache

  /// G1 to G4 and G7: some commit, the last acknowledged or one in progress, left this state; a write-back
  /// since then may have committed.
  func cachePermits(_ seen: Seen, at point: Int) -> Bool {
    guard case .blocks(let a, let b) = seen else { return false }
    let commits = (0..<begun(point)).filter { steps[$0] == .flush || steps[$0] == .forceA }
    let last = commits.last { $0 < acknowledged(point) } ?? -1
    let writeBacks = (last + 1..<max(last + 1, begun(point))).filter { steps[$0] == .writeBack }
    let possible = commits.filter { $0 >= acknowledged(point) } + writeBacks
    let lengths = [last + 1] + possible.map { $0 + 1 }
    return lengths.contains { length in
      let state = [0, 1].map { block in
        (0..<length).last { steps[$0].block == block }.map { $0 + 1 } ?? 0
      }
      let aIsPermitted =
        a == Halves(state[0])
        || earlierThanDiscard(begun(point), after: state[0]).contains { a == Halves($0) }
      return aIsPermitted && b == Halves(state[1])
    }
  }

  /// Everything A ever held before its last discard, if no later write of A is among the durable ones.
  private func earlierThanDiscard(_ begun: Int, after written: Int) -> [Int] {
    guard let discard = (0..<begun).last(where: { steps[$0] == .discardA }), discard >= written
    else { return [] }
    return [0] + (0..<discard).filter { steps[$0].block == 0 }.map { $0 + 1 }
  }

  // MARK: Any block device

  /// B1 to B5: every half was there once and nothing flushed came after it.
  func anyDevicePermits(_ seen: Seen, at point: Int) -> Bool {
    switch seen {
    case .refused: !(0...1).contains { flushed($0, at: point) > 0 }
    case .blocks(let a, let b), .broken(let a, let b):
      [(0, a), (1, b)].allSatisfy { block, halves in
        let window = window(block, at: point)
        return window.contains(halves.low) && window.contains(halves.high)
      }
    }
  }

  /// The newest version of a block that a flush or its own force makes durable.
  private func flushed(_ block: Int, at point: Int) -> Int {
    let done = acknowledged(point)
    let flush = (0..<done).last { steps[$0] == .flush } ?? 0
    return (0..<done).last { steps[$0].block == block && ($0 < flush || steps[$0] == .forceA) }
      .map { $0 + 1 } ?? 0
  }

  private func window(_ block: Int, at point: Int) -> Set<Int> {
    let versions = [0] + (0..<begun(point)).filter { steps[$0].block == block }.map { $0 + 1 }
    let floor = flushed(block, at: point)
    let isDiscarded =
      block == 0 && (floor..<max(floor, begun(point))).contains { steps[$0] == .discardA }
    return Set(isDiscarded ? versions : versions.filter { $0 >= floor })
  }

  // MARK: Observations

  /// Whole versions of both blocks, neighbouring versions torn both ways, another block's content and
  /// bytes never written; at most one block of a pair is not a whole version of its own.
  func observations(at point: Int) -> [Seen] {
    let own = [0, 1].map { block in
      [0] + (0..<begun(point)).filter { steps[$0].block == block }.map { $0 + 1 }
    }
    let whole = own.map { $0.map { Halves($0) } }
    let odd = own.indices.map { block in
      zip(own[block], own[block].dropFirst()).flatMap { [Halves($0, $1), Halves($1, $0)] }
        + own[1 - block].dropFirst().map { Halves($0) } + [Halves(99)]
    }
    var pairs: [Seen] = [.refused, .broken(Halves(0), Halves(0))]
    for a in whole[0] + odd[0] { pairs += whole[1].map { .blocks(a, $0) } }
    for a in whole[0] { pairs += odd[1].map { .blocks(a, $0) } }
    return pairs
  }

  /// Whether nothing is seen that was not begun by a crash point.
  func isPossible(_ seen: Seen, at point: Int) -> Bool {
    switch seen {
    case .refused: true
    case .blocks(let a, let b), .broken(let a, let b):
      [a.low, a.high, b.low, b.high].allSatisfy { $0 <= begun(point) || $0 == 99 }
    }
  }
}
