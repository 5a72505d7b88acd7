public import PersistencyModel

/// A program that is not ours, run on finished crash images, of which is known which lines it reads.
public protocol LineRecovery {
  /// What a run shows.
  associatedtype Outcome: Hashable

  /// Replaces the bytes of one line of the image.
  mutating func set(_ line: CacheLine, to content: LineBytes)
  /// Runs on the image as it is.
  ///
  /// Returns what the run shows and the lines that it read, in the order of the first reads: all that it
  /// depends on, or more. After a failure the result is ignored.
  mutating func run(period: Int) -> (outcome: Outcome, reads: [CacheLine])
  /// Why it cannot be run any more.
  var failure: String? { get }
}

/// A program that is not ours as a recovery that `BehaviourCheck` explores at level L1.
///
/// What it reads goes into the trie line by line, so that images which agree on the lines read are one. It is
/// told the state by lines, whatever part of them it looks at.
public struct OpaqueRecovery<Program: LineRecovery>: Recovery {
  private var program: Program
  private var period = 0
  /// What the program's image holds in each slot.
  private var shown: [LineBytes] = []

  /// A recovery that runs `program`, which holds the initial image.
  public init(_ program: Program) { self.program = program }

  /// Marks may be something that the program sees.
  public var dependsOnPeriod: Bool { true }
  /// The name of the rule in a certificate.
  public var mergeRule: String? { "same-lines-read" }
  /// Why the program cannot be run any more.
  public var failure: String? { program.failure }

  /// From here on runs are at crash points of the period.
  public mutating func enter(period: Int) { self.period = period }

  /// Shows the state to the program, runs it, and reads what it read.
  public mutating func recover<M: Medium>(_ medium: inout M) -> Program.Outcome {
    guard let run = (medium as? TrieMedium)?.run else {
      preconditionFailure("A program that is not ours is run by the search alone")
    }
    show(run.box)
    let (outcome, reads) = program.run(period: period)
    guard program.failure == nil else { return outcome }
    for line in reads { _ = run.read(line, 0..<64) }
    return outcome
  }

  private mutating func show(_ box: CrashBox) {
    for slot in box.lines.indices {
      if slot < shown.count, shown[slot] == box.current[slot] { continue }
      program.set(box.lines[slot], to: box.current[slot])
      if slot < shown.count {
        shown[slot] = box.current[slot]
      } else {
        shown.append(box.current[slot])
      }
    }
  }
}
