import Checker
import ComparisonPolicies
import PersistencyModel

/// Any recovery with its oracle, as policies are compared on it.
struct JudgedProgram: ComparedProgram {
  typealias Failure = any Error

  /// Crash points right after which promises change.
  let boundaries: [Int]
  /// Whether anything is promised or forbidden.
  let promisesSomething: Bool
  private let periodAt: (Int) -> Int
  private let setLine: (CacheLine, LineBytes) throws -> Void
  private let judge: (Int) throws -> [Violation]
  private let reads: () throws -> Set<CacheLine>?

  /// A recovery that sees finished images; what it reads is not known.
  init<Program: ImageRecovery, Judge: Oracle>(onImages program: Program, oracle: Judge)
  where Program.Outcome == Judge.Outcome {
    self.init(program, oracle) { _ in nil }
  }

  /// A recovery of our own, on images that begin as `initial`.
  init<Program: Recovery, Judge: Oracle>(
    _ recovery: Program,
    initial: MemoryImage,
    oracle: Judge
  ) where Program.Outcome == Judge.Outcome {
    self.init(ReadRecordingRecovery(recovery, initial: initial), oracle) { $0.linesRead() }
  }

  private init<Program: ImageRecovery, Judge: Oracle>(
    _ program: Program,
    _ oracle: Judge,
    reads: @escaping (inout Program) throws -> Set<CacheLine>?
  ) where Program.Outcome == Judge.Outcome {
    var program = program
    var oracle = oracle
    boundaries = oracle.boundaries
    promisesSomething = oracle.promisesSomething
    periodAt = { [oracle] in oracle.period(at: $0) }
    setLine = { try program.set($0, to: $1) }
    judge = { period in oracle.violations(of: try program.run(period: period), in: period) }
    self.reads = { try reads(&program) }
  }

  func period(at events: Int) -> Int { periodAt(events) }
  func set(_ line: CacheLine, to content: LineBytes) throws { try setLine(line, content) }
  func kinds(in period: Int) throws -> [String] { try judge(period).map(\.kind) }
  func linesRead() throws -> Set<CacheLine>? { try reads() }

  /// What recovery breaks on the image as it is.
  func violations(in period: Int) throws -> [Violation] { try judge(period) }
}

/// Recovery of our own on finished images, which can say what it reads.
struct ReadRecordingRecovery<Program: Recovery>: ImageRecovery {
  private var program: Program
  private var medium: TrackedMedium

  init(_ program: Program, initial: MemoryImage) {
    self.program = program
    medium = TrackedMedium(initial)
  }

  mutating func set(_ line: CacheLine, to content: LineBytes) {
    medium.words.set(line, to: content)
  }

  mutating func run(period: Int) -> Program.Outcome {
    defer { medium.words.undo() }
    return program.explain(&medium)
  }

  /// Lines that a run on the image as it is loads from.
  mutating func linesRead() -> Set<CacheLine> {
    medium.lines.removeAll()
    _ = run(period: 0)
    return medium.lines
  }
}
