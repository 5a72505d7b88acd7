import ArgumentParser
import BigInt
import PersistencyModel
import TraceFormat

/// `fencepost count`: how many crash states a recording permits.
struct CountCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count",
    abstract: "Count the crash states a recording permits, exactly.",
    discussion: """
      Choices (one down-closed set of pending pieces for every line) are counted over all crash points
      together. Distinct images are counted at the crash point that has most.

      Examples:
        fencepost count run.fpt
        fencepost count kernel.trace.zst --fences-from dm_writecache --points
      """
  )

  @OptionGroup var input: TraceArguments

  @Flag(help: "Print a line for each crash point explored.")
  var points = false

  func run() throws {
    try ToolFailure.translating {
      let output = try OutputFile(path: "-")
      try count(try CheckInput(input), to: output)
      try output.finish()
    }
  }

  private func count(_ input: CheckInput, to output: OutputFile) throws {
    var tally = PointTally()
    var machine = CheckSubjectFactory.machine(input)
    _ = machine.takeChangedLines()
    var sweep = CrashSweep(input.numbered.trace, machine: machine)
    var failure: (any Error)?
    sweep.run { machine, point in
      let line = tally.add(machine, input.numbered.told(point))
      guard points else { return true }
      do { try output.append(line + "\n") } catch { failure = error }
      return failure == nil
    }
    if let failure { throw failure }
    let images = tally.imagesThere.map(String.init) ?? "too many to list by line"
    let lines =
      [
        "events: \(input.numbered.trace.events.count)", "crash points: \(tally.points)",
        "permitted choices over all crash points: \(tally.counter.total)",
        "most choices at one crash point: \(tally.most) (crash point \(tally.mostAt.description))",
        "distinct images there: \(images)",
      ] + (input.doubts + input.notes).map { "note: \($0)" }
    try output.append(lines.joined(separator: "\n") + "\n")
  }
}

/// Counts as crash points are visited.
private struct PointTally {
  var counter = ChoiceCounter()
  var points = 0
  var most: BigUInt = 0
  var mostAt = CrashPoint(0)
  var imagesThere: BigUInt?

  mutating func add(_ machine: PersistencyMachine, _ point: CrashPoint) -> String {
    let added = counter.add(machine)
    points += 1
    if added.permitted > most {
      most = added.permitted
      mostAt = point
      imagesThere = images(machine)
    }
    return "crash point \(point.description): \(added.permitted) choices, \(added.new) of them new"
  }

  private func images(_ machine: PersistencyMachine) -> BigUInt? {
    var product: BigUInt = 1
    for line in machine.pendingLines {
      guard let count = machine.space(of: line).distinctContentCount() else { return nil }
      product *= count
    }
    return product
  }
}

/// Builds what the model needs from what was read.
enum CheckSubjectFactory {
  /// A machine before the first event of the input.
  static func machine(_ input: CheckInput) -> PersistencyMachine {
    let stack = input.memory.stack
    return PersistencyMachine(
      options: input.options,
      addressSpace: input.memory.space
    ) { stack[$0] }
  }
}
