/// Which executions answer which requests, and which are repeated to notice nondeterminism.
struct Schedule {
  /// Cases of nondeterminism that are kept.
  private static let keptCases = 16

  /// Executions asked for so far, repetitions left out; the next one gets this number.
  private(set) var executions = 0
  /// Repeat every so-many-th execution; `nil` for none.
  var interval: Int?
  private(set) var nondeterminism: [NondeterministicRun] = []

  /// Runs of the current batch: whether each repeats the one before it.
  private var batch: [Bool] = []
  /// Executions that answer the requests not collected yet, in order.
  private var requests: [Int] = []
  /// Outcomes of the first executions, which may be asked for again at any time.
  private var kept: [RecoveryOutcome] = []
  private let keepLimit: Int
  /// Outcomes of later ones, which are needed until collected.
  private var window: [RecoveryOutcome] = []
  private var windowStart: Int

  /// Keeps the outcomes of the first `limit` executions.
  init(keeping limit: Int) {
    keepLimit = limit
    windowStart = limit
  }

  /// Runs in the current batch.
  var batchCount: Int { batch.count }

  /// Whether no outcome is waited for.
  var isCollected: Bool { requests.isEmpty }

  /// A request that an earlier execution answers.
  mutating func repeatKnown(_ execution: Int) { requests.append(execution) }

  /// A request that needs an execution; how many runs that is.
  mutating func execute() -> Int {
    requests.append(executions)
    let runs = isSampled(executions) ? 2 : 1
    batch += [false, true].prefix(runs)
    executions += 1
    return runs
  }

  /// Takes over the results of the batch.
  mutating func complete(_ outcome: (Int) -> RecoveryOutcome) {
    for (number, isRepetition) in batch.enumerated() {
      if isRepetition {
        compare(outcome(number - 1), outcome(number))
      } else {
        add(outcome(number))
      }
    }
    batch.removeAll(keepingCapacity: true)
  }

  /// The outcomes of all requests, which must have been completed.
  mutating func takeOutcomes() -> [RecoveryOutcome] {
    let outcomes = requests.map { $0 < kept.count ? kept[$0] : window[$0 - windowStart] }
    requests.removeAll(keepingCapacity: true)
    windowStart += window.count
    window.removeAll(keepingCapacity: true)
    return outcomes
  }

  private func isSampled(_ number: Int) -> Bool {
    guard let interval else { return false }
    return number % interval == 0 || number & (number - 1) == 0
  }

  private mutating func add(_ outcome: RecoveryOutcome) {
    if kept.count < keepLimit { kept.append(outcome) } else { window.append(outcome) }
  }

  private mutating func compare(_ first: RecoveryOutcome, _ second: RecoveryOutcome) {
    guard first != second, nondeterminism.count < Self.keptCases else { return }
    let execution = kept.count < keepLimit ? kept.count - 1 : windowStart + window.count - 1
    nondeterminism.append(
      NondeterministicRun(execution: execution, first: first, second: second)
    )
  }
}
