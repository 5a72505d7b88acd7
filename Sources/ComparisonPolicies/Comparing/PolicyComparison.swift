import BigInt
import PersistencyModel

/// Runs policies on one trace and compares what they try with what the model permits.
///
/// Recovery runs once for each distinct state, whichever policies try it. Where the permitted states can be
/// listed within the bound, whether a state is permitted is looked up there; beyond, `PermissionProbe` tells,
/// and how many states a policy misses is not known.
public final class PolicyComparison<Program: ComparedProgram> {
  private let subject: PolicySubject
  private let limit: Int
  private let shouldStop: () -> String?
  private let book: StateBook
  private var program: Program
  private var verdicts: [StateKey: [String]] = [:]
  private var shown: [CacheLine: LineBytes] = [:]
  /// Permitted states, with a crash point each; `nil` where they were not enumerated.
  private var permitted: [StateKey: CrashPoint]?
  /// Why the permitted states were not enumerated.
  public private(set) var notEnumerated: String?
  /// How often recovery ran.
  public var recoveryRuns: Int { verdicts.count }

  /// A comparison that has not begun.
  ///
  /// - Parameters:
  ///   - subject: trace, model and memory.
  ///   - program: recovery and oracle.
  ///   - limit: most images that each policy tries.
  ///   - shouldStop: asked now and then: a reason ends every policy.
  public init(
    _ subject: PolicySubject,
    program: Program,
    limit: Int,
    shouldStop: @escaping () -> String? = { nil }
  ) {
    self.subject = subject
    self.program = program
    self.limit = limit
    self.shouldStop = shouldStop
    book = StateBook(initial: subject.initial)
  }

  /// Lists and judges every permitted state, if there are not too many to.
  ///
  /// - Throws: what recovery throws.
  /// - Returns: the score of the exact policy; `nil` where the states were not enumerated.
  public func enumerate() throws(Program.Failure) -> PolicyScore? {
    guard let planned = ExactExploration.plannedImages(subject) else {
      notEnumerated = "a line has too many contents to list"
      return nil
    }
    guard planned <= limit else {
      let digits = String(planned)
      let count = digits.count > 40 ? "about 10^\(digits.count - 1)" : digits
      notEnumerated = "\(count) images over all crash points are more than \(limit)"
      return nil
    }
    let tally = PolicyTally(policy: .exact)
    try explore(.exact, tally) { _, point in (.permitted, point) }
    guard tally.stopReason == nil else {
      notEnumerated = tally.stopReason
      return nil
    }
    permitted = tally.points
    return tally.score(missing: [:])
  }

  /// Tries and judges every state of a policy, within the bound.
  ///
  /// - Throws: what recovery throws.
  /// - Returns: its score, with what it misses if `enumerate` has listed the permitted states.
  public func score(_ policy: ComparisonPolicy) throws(Program.Failure) -> PolicyScore {
    let tally = PolicyTally(policy: policy)
    if let permitted {
      try explore(policy, tally) { key, point in
        permitted[key].map { (.permitted, $0) } ?? (.forbidden, point)
      }
      return tally.score(missing: permitted)
    }
    var probe = PermissionProbe(subject)
    try explore(
      policy,
      tally,
      following: { image in
        probe.advance(to: image.point)
        probe.change(image.changes)
      }
    ) { _, point in (probe.permission, point) }
    settle(tally)
    return tally.score(missing: nil)
  }

  /// Shows an example's image again, so that recovery can be asked for more about it.
  ///
  /// - Throws: what recovery throws.
  public func revisit(
    _ example: PolicyExample,
    _ body: (inout Program) throws(Program.Failure) -> Void
  ) throws(Program.Failure) {
    for line in book.lines { try show(line, example.image[line] ?? subject.initial(line)) }
    try body(&program)
  }
}

extension PolicyComparison {
  private func explore(
    _ policy: ComparisonPolicy,
    _ tally: PolicyTally,
    following: @escaping (PolicyImage) -> Void = { _ in },
    permission: @escaping (StateKey, CrashPoint) -> (Permission, CrashPoint)
  ) throws(Program.Failure) {
    try showInitial()
    var cursor = StateCursor(book: book)
    var failure: Program.Failure?
    tally.book = book
    tally.extent = policy.explore(
      subject,
      limit: limit,
      reads: { [self] in
        do throws(Program.Failure) { return try program.linesRead() } catch { failure = error }
        return nil
      },
      visit: { [self] image in
        following(image)
        cursor.change(image.changes)
        if tally.isTimeToAsk(at: image.point), let reason = shouldStop() {
          tally.stopReason = reason
        }
        let key = cursor.key(in: program.period(at: image.point.events))
        do throws(Program.Failure) {
          for (line, content) in image.changes { try show(line, content) }
          if tally.isNew(key) {
            let (answer, point) = permission(key, image.point)
            tally.note(key, answer, at: point, kinds: try kinds(key))
          }
        } catch { failure = error }
        return failure == nil && tally.stopReason == nil
      }
    )
    if let failure { throw failure }
  }

  private func kinds(_ key: StateKey) throws(Program.Failure) -> [String] {
    if let known = verdicts[key] { return known }
    let kinds = Set(try program.kinds(in: key.period)).sorted()
    verdicts[key] = kinds
    return kinds
  }

  private func showInitial() throws(Program.Failure) {
    for line in book.lines { try show(line, subject.initial(line)) }
  }

  private func show(_ line: CacheLine, _ content: LineBytes) throws(Program.Failure) {
    guard (shown[line] ?? subject.initial(line)) != content else { return }
    shown[line] = content
    try program.set(line, to: content)
  }

  /// Looks for another crash point of the same period that permits what the policy's own does not.
  private func settle(_ tally: PolicyTally) {
    guard !tally.doubtful.isEmpty else { return }
    var sweep = CrashSweep(
      subject.trace,
      machine: subject.machine,
      boundaries: subject.boundaries
    )
    sweep.run { machine, point in
      guard subject.scope(point) else { return true }
      let period = program.period(at: point.events)
      var tables: [CacheLine: LineMembership] = [:]
      for key in tally.doubtful where key.period == period {
        let answer = machine.permission(
          of: book.image(of: key),
          initial: subject.initial,
          tables: &tables
        )
        if answer != .forbidden { tally.settle(key, answer, at: point) }
      }
      return shouldStop() == nil
    }
  }
}
