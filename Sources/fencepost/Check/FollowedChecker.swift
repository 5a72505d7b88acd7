import Checker
import PersistencyModel
import RecoveryRunner

/// A checker that is not ours, whose reads of the crash images are followed.
final class FollowedChecker: LineRecovery {
  private let runner: RecoveryRunner
  /// Where each line that is ever stored to lies in the images.
  private let places: [CacheLine: ReadLine]
  private let lines: [ReadLine: CacheLine]
  /// All of them, ascending.
  private let all: [CacheLine]
  private let labels: [[String]]
  private let stop: () -> String?

  private var runs = 0
  private(set) var failure: String?
  /// An error that is not about a run.
  private(set) var error: RecoveryRunnerError?
  /// Whether a run reached the time limit only because it was tracked.
  private(set) var isTooSlow = false
  /// Runs whose reads were not followed to the end, and why the first one was not.
  private(set) var lost: (count: Int, first: TrackingLoss)?

  init(
    _ runner: RecoveryRunner,
    places: [CacheLine: ReadLine],
    labels: [[String]],
    stop: @escaping () -> String?
  ) {
    self.runner = runner
    self.places = places
    self.labels = labels
    self.stop = stop
    all = places.keys.sorted()
    lines = Dictionary(uniqueKeysWithValues: places.map { ($1, $0) })
  }

  /// The lines that events store to, by where they lie in the images of the devices.
  static func places(of trace: Trace, in space: AddressSpace) -> [CacheLine: ReadLine] {
    var places: [CacheLine: ReadLine] = [:]
    for event in trace.events where event.kind.isStore {
      for index in CacheLine.covering(event.address, size: UInt64(event.size)) {
        let line = CacheLine(index: index)
        guard places[line] == nil, let place = space.locate(line.address) else { continue }
        let offset = Int(space.devices[place.device].start + place.offset)
        places[line] = ReadLine(image: place.device, offset: offset)
      }
    }
    return places
  }

  func set(_ line: CacheLine, to content: LineBytes) {
    guard let place = places[line] else { return }
    runner.set(content, at: place.offset, image: place.image)
  }

  func run(period: Int) -> (outcome: RecoveryOutcome, reads: [CacheLine]) {
    do throws(RecoveryRunnerError) {
      let run = try runner.runTracked(marksPassed: labels[period])
      try confirm(run, period)
      note(run.loss)
      return (run.outcome, reads(of: run))
    } catch {
      failure = failure ?? stop() ?? "recovery was stopped"
      if error.reason != .interrupted { self.error = error }
      return (RecoveryOutcome(.good), [])
    }
  }

  private func reads(of run: TrackedRun) -> [CacheLine] {
    let reads = run.reads.compactMap { lines[$0] }
    guard run.loss != nil else { return reads }
    let known = Set(reads)
    return reads + all.filter { !known.contains($0) }
  }

  private func note(_ loss: TrackingLoss?) {
    guard let loss else { return }
    lost = (count: (lost?.count ?? 0) + 1, first: lost?.first ?? loss)
    if loss == .timeLimit(isReachedUntracked: false) {
      isTooSlow = true
      failure = failure ?? "runs are too slow while they are tracked"
    }
  }
}

extension FollowedChecker {
  /// What the user is to be told.
  var notes: [String] {
    guard let lost else { return [] }
    return [
      "of \(lost.count) run\(lost.count == 1 ? "" : "s") of the checker everything counts as read, since "
        + "\(lost.first)"
    ]
  }
}

// Repeating runs: merging rests on what is read deciding what comes of it.
extension FollowedChecker {
  private static let interval = 16

  /// Repeats a run at once where its number is a multiple of the interval or a power of two.
  private func confirm(_ run: TrackedRun, _ period: Int) throws(RecoveryRunnerError) {
    let number = runs
    runs += 1
    guard number % Self.interval == 0 || number & (number - 1) == 0 else { return }
    guard run.outcome.ending != .timedOut else { return }
    let second = try runner.runTracked(marksPassed: labels[period])
    guard let difference = difference(run, second) else { return }
    failure = failure ?? "the checker is not deterministic: run \(number) \(difference)"
  }

  private func difference(_ first: TrackedRun, _ second: TrackedRun) -> String? {
    guard first.outcome == second.outcome else {
      return "ended with \(first.outcome), repeated at once with \(second.outcome)"
    }
    let (before, after) = (reads(of: first), reads(of: second))
    guard before != after else { return nil }
    let position = zip(before, after).prefix { $0 == $1 }.count
    return
      "read \(name(before, position)) where, repeated at once, it read \(name(after, position))"
  }

  private func name(_ lines: [CacheLine], _ position: Int) -> String {
    guard position < lines.count else { return "no further line" }
    return "line \(lines[position].index) (0x\(String(lines[position].address, radix: 16)))"
  }
}
