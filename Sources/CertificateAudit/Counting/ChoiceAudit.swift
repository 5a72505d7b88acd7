import BigInt
import PersistencyModel

/// The second counter of certificates: replays a trace and counts what a crash may leave.
///
/// Shares nothing with the model but the vocabulary of traces. Where the model sums over crash points and
/// takes away what neighbours have in common, this one sums over *stores*: a choice belongs to the latest
/// store that it keeps something of, so that each store adds by how much the number of choices grows as its
/// parts are issued, and flushes and fences add nothing. Time: per event the parts of the lines that
/// it touches, plus arithmetic on numbers as long as the count.
public struct ChoiceAudit {
  let subject: AuditSubject
  private let scope: AuditScope
  private let reading: AuditReading
  private let trace: Trace
  private(set) var lines: [CacheLine: AuditedLine] = [:]
  /// By thread, the lines it flushed weakly and how many parts that covers.
  private var coverage: [ThreadID: [CacheLine: Int]] = [:]
  /// By thread, the lines on which it has stores that bypass the cache.
  private var bypassed: [ThreadID: Set<CacheLine>] = [:]
  private var queued: Set<CacheLine> = []
  /// Sectors with writes that are not durable yet.
  var volatileSectors: Set<CacheLine> = []
  var issued = 0
  private var product: BigUInt = 1
  /// Choices since the last crash point; at first the one that keeps nothing.
  private var unclaimed: BigUInt = 1
  private var lastShrinking = -1
  private var tally = AuditTally()
  private var images: ImageAudit

  /// Counts.
  ///
  /// - Throws: a sentence where what the subject says does not fit its trace.
  public static func tally(of subject: AuditSubject) throws(AuditError) -> AuditTally {
    var audit = ChoiceAudit(subject)
    let changes = try audit.promiseChanges()
    return audit.run(changes)
  }

  private init(_ subject: AuditSubject) {
    self.subject = subject
    trace = subject.trace
    reading = subject.reading
    let marks = trace.events.enumerated().filter { $0.element.kind == .mark }
      .map { (crashPoint: $0.offset + 1, mark: subject.trace.mark(of: $0.element)) }
    scope = AuditScope(
      within: subject.within,
      skip: subject.skip,
      marks: marks,
      events: trace.events.count
    )
    images = ImageAudit(subject)
    tally.unmatchedScope = scope.unmatched
  }

  /// Positions of the marks before which what was promised changes.
  private func promiseChanges() throws(AuditError) -> Set<Int> {
    let marks = trace.events.indices.filter { trace.events[$0].kind == .mark }
    var changes: Set<Int> = []
    for number in subject.promiseChanges {
      guard number > 0, number <= marks.count else {
        throw AuditError(
          "promiseChanges",
          "the trace has \(marks.count) marks and no mark \(number)"
        )
      }
      changes.insert(marks[number - 1])
    }
    return changes
  }

  private mutating func run(_ changes: Set<Int>) -> AuditTally {
    for (position, event) in trace.events.enumerated() {
      if changes.contains(position) { losePower(at: position) }
      replay(event, at: position)
    }
    losePower(at: trace.events.count)
    tally.choicesOfAllPoints += product
    tally.distinctImages = images.result(of: tally, initialIsKnown: subject.initial != nil)
    return tally
  }

  /// Claims for a crash point every choice that no earlier one has.
  private mutating func losePower(at events: Int) {
    tally.crashPoints += 1
    tally.permittedChoices += unclaimed
    if !scope.contains(events) {
      tally.outsideScope += unclaimed
      tally.crashPointsOutsideScope += 1
    }
    unclaimed = 0
  }

  /// Power is lost at a moment after which fewer choices are permitted.
  mutating func shrink(at position: Int) {
    losePower(at: position)
    tally.choicesOfAllPoints += product
    if lastShrinking != position { tally.shrinkingEvents += 1 }
    lastShrinking = position
  }
}

// What each event does (reference, sections 4 and 7).
extension ChoiceAudit {
  private mutating func replay(_ event: Event, at position: Int) {
    switch event.kind {
    case .store, .nonTemporalStore:
      store(event, at: position)
    case .lockedStore:
      fence(event, at: position)
      store(event, at: position)
    case .sfence, .mfence, .lockedFence:
      fence(event, at: position)
    case .clwb, .clflushopt, .routedWriteBack:
      coverage[event.thread, default: [:]][event.line] = issued
    case .clflush:
      if reading.hasWeakClflush {
        coverage[event.thread, default: [:]][event.line] = issued
      } else {
        complete([event.line], at: position) { part, _ in !part.bypassesCache }
      }
    case .msync:
      for line in CacheLine.covering(event.address, size: UInt64(event.size)) {
        coverage[event.thread, default: [:]][CacheLine(index: line)] = issued
      }
      fence(event, at: position)
    case .deepFlush:
      flushDeeply(event, at: position)
    case .sectorWrite, .forcedSectorWrite:
      writeSector(event, at: position)
    case .routedDiskFlush:
      flushDisk(event, at: position)
    case .flushRequest, .diskFlush, .mark:
      break
    }
  }

  private mutating func fence(_ event: Event, at position: Int) {
    let thread = event.thread
    let covered = coverage.removeValue(forKey: thread) ?? [:]
    let bypassing = bypassed.removeValue(forKey: thread) ?? []
    complete(bypassing.union(covered.keys).sorted(), at: position) { part, line in
      part.bypassesCache ? part.thread == thread : part.number < covered[line] ?? 0
    }
  }

  /// Waits until the chosen parts of the lines are in the domain, or in the queue before it.
  private mutating func complete(
    _ candidates: [CacheLine],
    at position: Int,
    isShrinking: Bool = false,
    _ isChosen: (Part, CacheLine) -> Bool
  ) {
    let reached = candidates.filter { line in
      guard let state = lines[line], state.domain != .disk else { return false }
      return state.holds { !$0.isQueued && isChosen($0, line) }
    }
    guard !reached.isEmpty else { return }
    if isShrinking || reached.contains(where: { lines[$0]?.domain != .wpq }) {
      shrink(at: position)
    }
    for line in reached { force(line) { !$0.isQueued && isChosen($0, line) } }
  }

  mutating func force(_ line: CacheLine, deeply: Bool = false, _ isChosen: (Part) -> Bool) {
    guard var state = lines[line] else { return }
    let before = state.count
    let isQueueing = state.domain == .wpq && !deeply
    state.force(intoQueue: isQueueing, reading, bytes: { bytes(of: $0, on: line) }, isChosen)
    if isQueueing { queued.insert(line) }
    product = product / before * state.count
    lines[line] = state
  }

  private mutating func flushDeeply(_ event: Event, at position: Int) {
    var devices: Set<Int> = []
    for line in CacheLine.covering(event.address, size: UInt64(event.size)) {
      devices.insert(subject.space?.locate(line * CacheLine.size)?.device ?? 0)
    }
    let reached = queued.sorted().filter { devices.contains(lines[$0]?.device ?? -1) }
    guard !reached.isEmpty else { return }
    shrink(at: position)
    for line in reached { force(line, deeply: true) { $0.isQueued } }
    queued.subtract(reached)
  }

  private mutating func store(_ event: Event, at position: Int) {
    var new: [CacheLine: [Part]] = [:]
    for extent in reading.extents(of: event) {
      let domain = reading.domain(of: extent.line, in: subject.space)
      guard domain != .volatile else { continue }
      let part = Part(
        number: issued,
        store: position,
        thread: event.thread,
        bypassesCache: event.kind == .nonTemporalStore,
        offset: extent.offset,
        size: extent.size
      )
      issued += 1
      new[extent.line, default: []].append(part)
    }
    let touched = new.keys.sorted()
    if event.kind == .nonTemporalStore {
      bypassed[event.thread, default: []].formUnion(touched)
    } else {
      // Data that waits beside the cache lands before a store to the same word: a moment of its own,
      // even where the device only queues it.
      complete(touched, at: position, isShrinking: true) { part, line in
        part.bypassesCache && new[line]?.contains { $0.words.overlaps(part.words) } ?? false
      }
    }
    issue(new, touched)
    guard event.kind != .nonTemporalStore else { return }
    let durable = touched.filter { lines[$0]?.domain == .eadr }
    guard !durable.isEmpty else { return }
    shrink(at: position)
    for line in durable { force(line) { $0.store == position } }
  }

  /// Issues the parts of a store; what the number of choices grows by is new.
  mutating func issue(_ new: [CacheLine: [Part]], _ touched: [CacheLine]) {
    var before: BigUInt = 1
    var after: BigUInt = 1
    for line in touched {
      var state = lines[line] ?? blank(line)
      before *= state.count
      state.issue(new[line] ?? [], reading)
      after *= state.count
      lines[line] = state
    }
    let others = product / before
    product = others * after
    unclaimed += others * (after - before)
    images.note(lines, touched, trace, grownTo: product)
  }

  private func blank(_ line: CacheLine) -> AuditedLine {
    AuditedLine(
      domain: reading.domain(of: line, in: subject.space),
      device: subject.space?.locate(line.address)?.device ?? 0,
      durable: subject.initial?(line) ?? LineBytes()
    )
  }

  private func bytes(of part: Part, on line: CacheLine) -> [UInt8] {
    trace.bytes(of: part, on: line)
  }
}

extension Trace {
  /// The bytes that a part stores.
  func bytes(of part: Part, on line: CacheLine) -> [UInt8] {
    let event = events[part.store]
    let first = Int(line.address + UInt64(part.offset) - event.address)
    return Array(bytes(of: event)[first..<(first + part.size)])
  }
}
