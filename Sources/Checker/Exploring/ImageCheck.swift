import BigInt
import PersistencyModel

/// Checks a recording by running recovery on distinct crash images (level L0).
///
/// Complete where the images can be enumerated within the limits; beyond, states that lose or keep few
/// lines are tried and the verdict is never *consistent*. Each distinct image runs once for each period.
public final class ImageCheck<Program: ImageRecovery, Judge: Oracle>
where Program.Outcome == Judge.Outcome {
  private let subject: CheckSubject
  private let limits: ExplorationLimits
  private var program: Program
  private var oracle: Judge
  private let isRunOncePerImage: Bool

  private var ledger = FindingLedger<[Int]>()
  private var counts = CoverageCounts()
  private var memo: [ImageKey: Program.Outcome] = [:]
  private var contentNumbers: [LineBytes: UInt32] = [:]
  private var shown: [CacheLine: LineBytes] = [:]
  private var numbers: [CacheLine: UInt32] = [:]
  private var lines: [CacheLine] = []
  private var choices: [LineChoices] = []
  private var period = 0
  private var point = CrashPoint(0)
  private var previousPeriod: Int?
  private let meter: ProgressMeter?
  /// Pieces issued at the previous crash point, and whether its states are all among this one's.
  private var issuedBefore = 0
  private var isComparable = false

  private struct ImageKey: Hashable {
    var contents: [UInt32]
    var period: Int
  }

  /// A check that has not begun.
  ///
  /// - Parameters:
  ///   - subject: what is checked.
  ///   - program: holds the initial image.
  ///   - oracle: judges outcomes.
  ///   - limits: bounds.
  ///   - isRunOncePerImage: remember images across crash points; worth it unless runs are very cheap.
  public init(
    _ subject: CheckSubject,
    program: Program,
    oracle: Judge,
    limits: ExplorationLimits = ExplorationLimits(),
    isRunOncePerImage: Bool = true
  ) {
    self.subject = subject
    self.program = program
    self.oracle = oracle
    self.limits = limits
    self.isRunOncePerImage = isRunOncePerImage
    meter = ProgressMeter(limits, subject, boundaries: oracle.boundaries)
  }

  /// Runs recovery on every distinct image, or says which were left out.
  public func check() throws(Program.Failure) -> CheckReport {
    var failure: Program.Failure?
    var counter = ChoiceCounter()
    var sweep = CrashSweep(
      subject.trace,
      machine: subject.machine,
      boundaries: oracle.boundaries
    )
    sweep.run { machine, point in
      do throws(Program.Failure) {
        try explore(&machine, point, new: counter.add(machine).new)
        meter?.finishPoint(counts, findings: ledger.count)
      } catch {
        failure = error
      }
      return failure == nil
    }
    if let failure { throw failure }
    return counts.report(
      options: subject.options,
      findings: ledger.findings.paired(in: subject),
      mergeRule: "same-image",
      promisesSomething: oracle.promisesSomething,
      promiseChanges: oracle.boundaries
    )
  }

  private func explore(
    _ machine: inout PersistencyMachine,
    _ point: CrashPoint,
    new: BigUInt
  ) throws(Program.Failure) {
    self.point = point
    period = oracle.period(at: point.events)
    let changed = machine.takeChangedLines()
    counts.note(landingRace: machine.firstLandingRace)
    counts.open(new: new, hasPending: !machine.pendingLines.isEmpty)
    try showDurable(changed, machine)
    if let reason = counts.stopReason ?? (subject.scope(point) ? nil : CheckReport.outsideScope) {
      previousPeriod = nil
      return counts.exclude(new, because: reason)
    }
    isComparable = previousPeriod != nil && machine.latestGuaranteed < issuedBefore
    defer {
      previousPeriod = period
      issuedBefore = machine.issued
    }
    if new == 0 && previousPeriod == period { return }
    let spaces = machine.pendingLines.map { machine.space(of: $0) }
    choices = spaces.compactMap { LineChoices($0, limit: limits.maximumIdeals) }
    guard choices.count == spaces.count else {
      return counts.cut(new, because: "a line has more than \(limits.maximumIdeals) contents")
    }
    try explorePoint(new)
    for key in ledger.open { try workOut(key) }
    if limits.stopAtFirstViolation && !ledger.isEmpty {
      counts.stop("ended at the first violation")
    }
  }

  private func explorePoint(_ new: BigUInt) throws(Program.Failure) {
    let images = choices.reduce(BigUInt(1)) { $0 * BigUInt($1.contents.count) }
    let affordable = ledger.findings.isEmpty ? limits.maximumExecutions : limits.patience
    if images <= BigUInt(affordable) {
      let before = counts.stopReason
      try enumerate()
      if counts.stopReason == before { return counts.cover(new) }
      return counts.cut(new, because: counts.stopReason ?? "")
    }
    let runsBefore = counts.executions
    try tryFew()
    let covered = min(BigUInt(counts.executions - runsBefore), new)
    counts.cover(covered)
    let reason =
      ledger.findings.isEmpty && ledger.open.isEmpty
      ? "\(images) images at crash point \(point.description) are more than "
        + "\(limits.maximumExecutions)"
      : "not enumerated after a violation"
    counts.cut(new - covered, because: counts.stopReason ?? reason)
  }

  /// Every image, neighbours differing in one line.
  private func enumerate() throws(Program.Failure) {
    let open = choices.indices.filter { choices[$0].contents.count > 1 }
    if !isRunOncePerImage { return try sweep(open) }
    var product = GrayProduct(radices: open.map { choices[$0].contents.count })
    var digits = choices.map { _ in 0 }
    try show(digits)
    try judge(digits)
    while counts.stopReason == nil, let changed = product.next() {
      digits[open[changed]] = product.digits[changed]
      try show(digits, at: open[changed])
      try judge(digits)
    }
  }

  /// As `enumerate`, in the program's own loop; images of earlier crash points are passed over.
  private func sweep(_ open: [Int]) throws(Program.Failure) {
    var digits = choices.map { _ in 0 }
    try show(digits)
    let since = isComparable ? issuedBefore : 0
    let plan = ImageSweep(
      lines: open.map { choices[$0].line },
      contents: open.map { choices[$0].contents },
      isNew: open.map { choices[$0].isNew(since: since) },
      skipsOlder: isComparable && previousPeriod == period && !open.isEmpty,
      period: period
    )
    var counted = 0
    let runs = try program.sweep(plan) { [self] outcome, positions, runs in
      counts.execute(runs - counted)
      counted = runs
      for (line, position) in zip(open, positions) { digits[line] = position }
      note(outcome, digits)
      meter?.look(counts, findings: ledger.count)
      return counts.mayGoOn(limits, memory: 0)
    }
    counts.execute(runs - counted)
    for line in open { shown[choices[line].line] = nil }
  }

  /// All kept, all lost, then one and two lines lost, then one kept.
  private func tryFew() throws(Program.Failure) {
    let none = choices.map { $0.kept.firstIndex(of: []) ?? $0.contents.count - 1 }
    let full = choices.map { _ in 0 }
    var budget = limits.patience * 8
    func attempt(_ digits: [Int]) throws(Program.Failure) {
      guard budget > 0, counts.stopReason == nil else { return }
      budget -= 1
      try show(digits)
      try judge(digits)
    }
    try attempt(full)
    try attempt(none)
    for base in [full, none] {
      for line in choices.indices {
        for value in choices[line].contents.indices {
          var digits = base
          digits[line] = value
          try attempt(digits)
        }
      }
    }
  }
}

// Showing, running, judging.
extension ImageCheck {
  /// Lines that changed since the last crash point and have nothing pending take their new content.
  private func showDurable(
    _ changed: [CacheLine],
    _ machine: PersistencyMachine
  ) throws(Program.Failure) {
    for line in changed { try show(machine.space(of: line).visible, on: line) }
  }

  private func show(_ digits: [Int]) throws(Program.Failure) {
    for line in choices.indices { try show(digits, at: line) }
  }

  private func show(_ digits: [Int], at index: Int) throws(Program.Failure) {
    try show(choices[index].contents[digits[index]], on: choices[index].line)
  }

  private func show(_ content: LineBytes, on line: CacheLine) throws(Program.Failure) {
    guard shown[line] != content else { return }
    if numbers[line] == nil { lines.append(line) }
    shown[line] = content
    let number = contentNumbers[content] ?? UInt32(contentNumbers.count)
    contentNumbers[content] = number
    numbers[line] = number
    try program.set(line, to: content)
  }

  private func judge(_ digits: [Int]) throws(Program.Failure) {
    guard let outcome = try outcome() else { return }
    note(outcome, digits)
    meter?.look(counts, findings: ledger.count)
  }

  private func note(_ outcome: Program.Outcome, _ digits: [Int]) {
    for violation in oracle.violations(of: outcome, in: period) {
      let lost = pieces(digits, lost: true)
      let site = lost.first?.pieces.first.map { subject.trace.events[$0.event].site } ?? .max
      ledger.note(
        FindingKey(kind: violation.kind, lostSite: site),
        violation,
        point,
        digits,
        weight: LostWeight(lines: lost.count, parts: lost.reduce(0) { $0 + $1.numbers.count })
      )
    }
  }

  /// The outcome on the image shown; `nil` when a limit forbids another run.
  private func outcome() throws(Program.Failure) -> Program.Outcome? {
    guard isRunOncePerImage else { return try run() }
    let key = ImageKey(contents: lines.map { numbers[$0] ?? 0 }, period: period)
    if let known = memo[key] { return known }
    let outcome = try run()
    memo[key] = outcome
    return outcome
  }

  private func run() throws(Program.Failure) -> Program.Outcome? {
    guard counts.mayExecute(limits, memory: memo.count * (64 + 4 * lines.count)) else { return nil }
    do throws(Program.Failure) {
      return try program.run(period: period)
    } catch {
      guard program.isStop(error) else { throw error }
      counts.stop(limits.shouldStop() ?? "recovery was stopped")
      return nil
    }
  }

  private func pieces(_ digits: [Int], lost: Bool) -> [LinePieces] {
    choices.indices.compactMap { choices[$0].pieces(at: digits[$0], lost: lost) }
  }

  private func workOut(_ key: FindingKey) throws(Program.Failure) {
    guard let entry = ledger.entry(key) else { return }
    let lost = pieces(entry.state, lost: true)
    let losing = Set(lost.map(\.line))
    var failure: Program.Failure?
    let keepable = choices.indices.filter { !losing.contains(choices[$0].line) }
    let kept = KeptSearch(candidates: keepable) { [self] kept in
      do throws(Program.Failure) {
        return try shows(key.kind, entry.state, losing, kept)
      } catch {
        failure = error
        return true
      }
    }.smallest()
    if let failure { throw failure }
    let beside = try keptBeside(key.kind, entry.state, losing, kept)
    let keptPieces =
      (kept.sorted().compactMap { choices[$0].pieces(at: 0, lost: false) } + beside)
      .sorted { $0.line < $1.line }
    ledger.close(
      key,
      Finding(
        violation: entry.violation,
        crashPoint: entry.point,
        lost: lost,
        kept: keptPieces,
        keep: keepSpec(lost),
        others: 0
      )
    )
  }

  /// Of lines that lose something: what survives on them without which the violation does not show.
  private func keptBeside(
    _ kind: String,
    _ digits: [Int],
    _ losing: Set<CacheLine>,
    _ kept: Set<Int>
  ) throws(Program.Failure) -> [LinePieces] {
    var needed: [LinePieces] = []
    for (index, line) in choices.enumerated() where losing.contains(line.line) {
      let all = line.kept[digits[index]]
      let fewer = line.kept.indices.filter { line.kept[$0].isStrictSubset(of: all) }
        .sorted { (line.kept[$0].count, $0) < (line.kept[$1].count, $1) }
      var least = digits[index]
      for candidate in fewer.prefix(Self.mostPartsTried) where least == digits[index] {
        var less = digits
        less[index] = candidate
        if try shows(kind, less, losing, kept) { least = candidate }
      }
      if let pieces = line.pieces(at: least, lost: false) { needed.append(pieces) }
    }
    return needed
  }

  /// Most sets of surviving pieces that are tried on a line.
  private static var mostPartsTried: Int { 8 }

  private func shows(
    _ kind: String,
    _ digits: [Int],
    _ losing: Set<CacheLine>,
    _ kept: Set<Int>
  ) throws(Program.Failure) -> Bool {
    let state = choices.indices.map { index in
      losing.contains(choices[index].line)
        ? digits[index]
        : kept.contains(index)
          ? 0 : choices[index].kept.firstIndex(of: []) ?? choices[index].contents.count - 1
    }
    try show(state)
    guard let outcome = try outcome() else { return true }
    return oracle.violations(of: outcome, in: period).contains { $0.kind == kind }
  }

  private func keepSpec(_ lost: [LinePieces]) -> KeepSpec {
    var spec = KeepSpec(keepsAll: true)
    for entry in lost {
      let count = choices.first { $0.line == entry.line }?.pending.count ?? 0
      spec.choices[entry.line] = KeepSpec.Choice(losing: entry.numbers, of: count)
    }
    return spec
  }
}
