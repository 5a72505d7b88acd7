import Checker
import ImageAssertions
import PersistencyModel
import TraceFormat

/// Recovery that repairs nothing: it looks at the crash image and says which assertions do not hold.
struct AssertionRecovery: Recovery {
  let file: AssertionFile
  /// Address of the medium's first byte.
  let base: UInt64

  mutating func recover<M: Medium>(_ medium: inout M) -> [BrokenAssertion] {
    file.broken(on: &medium, base: base)
  }
}

/// What an assertion file promises: each statement, where the labels passed say that it is judged.
struct AssertionOracle: Oracle {
  let assertions: [Assertion]
  /// Positions of the mark events, ascending: each ends a period.
  let boundaries: [Int]
  /// For each period, whether each assertion is judged.
  private let isJudged: [[Bool]]

  init(_ assertions: [Assertion], for trace: Trace) {
    self.assertions = assertions
    boundaries = trace.markPositions
    isJudged = trace.labelsPassed.map { labels in
      let passed = Set(labels)
      return assertions.map { $0.isJudged(after: passed) }
    }
  }

  var promisesSomething: Bool { isJudged.contains { $0.contains(true) } }

  func period(at events: Int) -> Int { boundaries.count { $0 < events } }

  /// One violation of each kind; further assertions of that kind are named in its promise.
  func violations(of outcome: [BrokenAssertion], in period: Int) -> [Violation] {
    let broken = outcome.filter { isJudged[period][$0.index] }
    var kinds: [AssertionKind] = []
    for one in broken where !kinds.contains(assertions[one.index].kind) {
      kinds.append(assertions[one.index].kind)
    }
    return kinds.map { kind in violation(broken.filter { assertions[$0.index].kind == kind }) }
  }

  private func violation(_ same: [BrokenAssertion]) -> Violation {
    let first = assertions[same[0].index]
    let others = same.dropFirst().map { assertions[$0.index].name }
    return Violation(
      kind: first.kind.rawValue,
      guarantee: first.name,
      contract: "the program's own",
      severity: first.kind.severity,
      promise: first.sentence + same[0].circumstances
        + (others.isEmpty ? "" : " (likewise \(others.joined(separator: ", ")))")
    )
  }
}

extension AssertionKind {
  /// How bad a violation of that kind is.
  fileprivate var severity: Severity {
    switch self {
    case .metadataInvariant, .incompatibleMedia: .invariant
    case .metadataUnrecoverable: .refusesToStart
    default: .promiseBroken
    }
  }
}

extension Assertion {
  /// What is promised, and when.
  fileprivate var sentence: String {
    let time = [begin.map { "after \"\($0)\"" }, end.map { "until \"\($0)\"" }].compactMap { $0 }
    let scope = time.isEmpty ? "in every crash state" : time.joined(separator: " ")
    return (meaning.isEmpty ? "" : "\(meaning): ") + "\(scope) holds \(text)"
  }
}

extension BrokenAssertion {
  /// Why it does not hold, and what it looked at.
  fileprivate var circumstances: String {
    let reason = failure.map { "; it cannot be evaluated: \($0)" } ?? ""
    let values = readings.map { "\($0.name) is \(told($0.value))" }
    return reason + (values.isEmpty ? "" : "; found: " + values.joined(separator: ", "))
  }

  private func told(_ value: UInt64) -> String {
    value < 1024 ? "\(value)" : "0x" + String(value, radix: 16)
  }
}

/// Checks a trace with assertions about crash images.
enum AssertionCheck {
  /// Reads an assertion file.
  static func read(_ path: String) throws -> AssertionFile {
    let bytes = try ToolFailure.translating {
      try DecodedFile.bytes(ofFile: path, limit: 1 << 20)
    }
    do throws(AssertionSyntaxError) {
      return try AssertionFile(parsing: String(decoding: bytes, as: UTF8.self), file: path)
    } catch {
      throw ToolFailure.malformed(error.description)
    }
  }

  static func run(
    _ input: CheckInput,
    _ file: AssertionFile,
    ignored: IgnoredViolations = IgnoredViolations(),
    limits: ExplorationLimits,
    scope: @escaping (CrashPoint) -> Bool
  ) -> CheckReport {
    let trace = input.numbered.trace
    let check = BehaviourCheck(
      CheckSubject(
        trace: trace,
        initial: input.memory.stack,
        options: input.options,
        scope: scope
      ),
      recovery: AssertionRecovery(file: file, base: input.memory.stack.base),
      oracle: IgnoringOracle(AssertionOracle(file.assertions, for: trace), ignoring: ignored),
      limits: limits
    )
    var report = check.check()
    report.doubt(unmatchedLabels(file.assertions, in: trace))
    return report
  }

  /// Labels that no mark of the trace has: what they should limit was judged never, or always.
  private static func unmatchedLabels(_ assertions: [Assertion], in trace: Trace) -> [String] {
    let known = Set(trace.labelsPassed.last ?? [])
    var unknown: [String] = []
    for label in assertions.flatMap({ [$0.begin, $0.end].compactMap { $0 } })
    where !known.contains(label) && !unknown.contains(label) {
      unknown.append(label)
    }
    return unknown.map { "no mark of the trace is labelled \"\($0)\"" }
  }
}

extension Trace {
  /// Positions of the mark events, ascending.
  var markPositions: [Int] { events.indices.filter { events[$0].kind == .mark } }

  /// For each number of marks passed, the labels passed; operations as NAME-NUMBER.BEGIN and NUMBER.END.
  var labelsPassed: [[String]] {
    var passed: [String] = []
    var periods = [passed]
    for event in events where event.kind == .mark {
      switch mark(of: event) {
      case .label(let text): passed.append(text)
      case .begin(let operation):
        passed.append("\(operation.kind.rawValue)-\(operation.number).BEGIN")
      case .acknowledge(let number): passed.append("\(number).END")
      }
      periods.append(passed)
    }
    return periods
  }
}
