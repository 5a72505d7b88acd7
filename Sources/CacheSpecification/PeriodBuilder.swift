internal import PersistencyModel

/// Walks a timeline and notes where what is promised or permitted changes.
struct PeriodBuilder {
  private let timeline: Timeline
  private let blocks: [BlockTimeline]
  private let autocommitEvery: Int?
  private(set) var sets = AllowedSets()
  private(set) var periods: [ObligationPeriod] = []

  private var marks = DurabilityMarks()
  /// Operations that are not plain and may still matter: in flight, or ended after the newest commit began.
  private var live: [Int] = []
  /// Whether a change fell into a moment without a crash point and waits for the next one.
  private var isOverdue = false
  private var arrays: Set<[AllowedContents]> = []
  private var deviceFloors: [DeviceFloor] = []

  /// What any block device promises about one block: nothing older than this may be found.
  private struct DeviceFloor: Hashable {
    var begin: Moment
    var isDiscarded: Bool
  }

  init(timeline: Timeline, blocks: [BlockTimeline], autocommitEvery: Int?) {
    self.timeline = timeline
    self.blocks = blocks
    self.autocommitEvery = autocommitEvery
  }

  /// Finds the periods; O(moments * blocks) where commits, discards or overlapping operations are many.
  mutating func build() {
    appendPeriod(at: 0)
    for now in stride(from: 1, through: timeline.end, by: 1) {
      note(now)
      if mayMatter(now) { appendPeriod(at: now) } else { extendPeriod(to: now) }
    }
  }

  // MARK: The clock

  private mutating func note(_ now: Moment) {
    let index = timeline.changes[now - 1]
    let changed = timeline.operations[index]
    if changed.begin == now {
      if !changed.isPlain { live.append(index) }
    } else {
      noteCommit(changed)
    }
    live.removeAll { timeline.operations[$0].end <= marks.committed }
    marks.writeBacks =
      marks.committed == 0
      ? [] : live.filter { timeline.operations[$0].operation.kind == .writeBack }
  }

  private mutating func noteCommit(_ commit: TimedOperation) {
    if commit.isFlush { marks.flushed = max(marks.flushed, commit.begin) }
    guard commit.isCommit, commit.begin > marks.committed else { return }
    let wrote = blocks.contains { block in
      block.versions(begunBy: commit.begin).last.map { $0.begin > marks.committed } ?? false
    }
    if wrote { marks.settled = marks.committed }
    marks.committed = commit.begin
  }

  private func mayMatter(_ now: Moment) -> Bool {
    let changed = timeline.operations[timeline.changes[now - 1]]
    if isOverdue || autocommitEvery != nil || !changed.isPlain { return true }
    return live.contains { timeline.operations[$0].isInFlight(at: now) }
  }

  // MARK: Periods

  private mutating func extendPeriod(to now: Moment) {
    let range = timeline.crashPoints(of: now)
    guard !range.isEmpty, let previous = periods.indices.last else { return }
    periods[previous].last = now
    periods[previous].crashPoints = periods[previous].crashPoints.lowerBound..<range.upperBound
  }

  private mutating func appendPeriod(at now: Moment) {
    let range = timeline.crashPoints(of: now)
    isOverdue = range.isEmpty
    if isOverdue { return }
    let floors = blocks.map { deviceFloor(of: $0, at: now) }
    let period = ObligationPeriod(
      crashPoints: range,
      first: now,
      last: now,
      phase: phase(at: now),
      states: states(at: now),
      marks: marks
    )
    if let previous = periods.last, floors == deviceFloors, previous.obliges(as: period) {
      extendPeriod(to: now)
    } else {
      periods.append(period)
      deviceFloors = floors
    }
  }

  private func phase(at now: Moment) -> Phase {
    guard let format = timeline.format else { return .formatted }
    if format.begin > now { return .unformatted }
    return format.end > now ? .formatting : .formatted
  }

  private func deviceFloor(of block: BlockTimeline, at now: Moment) -> DeviceFloor {
    let floor = block.deviceFloor(at: now, flushed: marks.flushed)
    return DeviceFloor(
      begin: floor.begin,
      isDiscarded: floor.begin > 0 && block.openDiscard(at: now, floor: floor) != nil
    )
  }

  // MARK: States

  private mutating func states(at now: Moment) -> [CommitState] {
    var found: [CommitState] = []
    for (moment, commit) in commitMoments(at: now) {
      let blocks = arrays.insert(contents(at: moment, commit: commit, now: now)).memberAfterInsert
      if !found.contains(where: { $0.blocks == blocks }) {
        found.append(CommitState(blocks: blocks, commit: commit))
      }
    }
    return found
  }

  /// When the newest durable commit may have taken its state, and which operation it is.
  private func commitMoments(at now: Moment) -> [(moment: Moment, commit: Int?)] {
    var moments: [(moment: Moment, commit: Int?)] = marks.committed == 0 ? [(0, nil)] : []
    for index in live where timeline.operations[index].mayCommit {
      let commit = timeline.operations[index]
      let latest = min(commit.end - 1, now)
      for moment in stride(from: max(commit.begin, marks.committed), through: latest, by: 1) {
        moments.append((moment, index))
      }
    }
    for moment in unrecordedCommits(at: now) { moments.append((moment, nil)) }
    return moments.sorted { ($0.moment, $0.commit ?? -1) < ($1.moment, $1.commit ?? -1) }
  }

  /// When the cache may have committed on its own account without saying so.
  private func unrecordedCommits(at now: Moment) -> Range<Moment> {
    guard let autocommitEvery else { return 0..<0 }
    let beginnings = blocks.flatMap { block in
      block.versions(begunBy: now).filter { $0.end > marks.committed }.map(\.begin)
    }.sorted()
    return beginnings.count >= autocommitEvery ? beginnings[autocommitEvery - 1]..<(now + 1) : 0..<0
  }

  private mutating func contents(
    at moment: Moment,
    commit: Int?,
    now: Moment
  ) -> [AllowedContents] {
    blocks.map { block in
      let floor = block.floor(at: moment) {
        $0.isDurable(committed: moment, now: now) || $0.operation == commit && commit != nil
      }
      var allowed = block.candidates(at: moment, floor: floor)
      if let end = block.openDiscard(at: now, floor: floor) {
        allowed += block.versions(begunBy: end)
      }
      return sets.number(allowed.map(\.content))
    }
  }
}

extension Version {
  /// Whether a commit begun at `committed` covers it, or it is forced and acknowledged by `now`.
  func isDurable(committed: Moment, now: Moment) -> Bool {
    end <= committed || isForced && end <= now
  }
}

extension BlockTimeline {
  /// What any block device promises at `now` (B1): flushes cover what was acknowledged before them,
  /// forced writes themselves.
  func deviceFloor(at now: Moment, flushed: Moment) -> Version {
    floor(at: now) { $0.isDurable(committed: flushed, now: now) }
  }
}

extension ObligationPeriod {
  /// Whether both permit and promise the same, by dm-writecache's contract and in the same words.
  fileprivate func obliges(as other: ObligationPeriod) -> Bool {
    phase == other.phase && marks.writeBacks == other.marks.writeBacks
      && states.map(\.blocks) == other.states.map(\.blocks)
  }
}
