import ArgumentParser
import ReferenceCache

/// `fencepost-cache run`.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a workload on a cache.",
    discussion: """
      A workload has one operation a line; # begins a comment. Sectors are of 512 bytes, COUNT is a number \
      of blocks, x1 if not given. A content is zeros, a number from 1, or a name: each word of a block then \
      tells its content and its place.

        write SECTOR CONTENT [xCOUNT] [fua] [meta]
        read SECTOR [xCOUNT]                     prints each block's content
        expect SECTOR CONTENT[|CONTENT] [xCOUNT] ends with status 1 if another one is there
        discard SECTOR SECTORS
        flush, commit, writeback
        start-writeback LIMIT, complete-writeback
        tick MILLISECONDS                        moves the cache's clock
        suspend, resume, status
        message WORDS                            flush, flush_on_suspend, cleaner, clear_stats
        reopen                                   an orderly stop, then another open
        crash                                    no commit, as a killed process; then another open

      All lines are read before the first is run; an error names its line. With the word random instead of \
      a file, operations are made from --seed until --count of them are done, for ever if that is 0. The run \
      ends with a commit.

      Example:
        fencepost-cache run workload.txt cache.pmem --origin disk.img
        fencepost-cache run random cache.pmem --origin disk.img --seed 7 --count 1000
      """
  )

  @Argument(help: "File with the workload, - for standard input, or the word random.")
  var workload: String

  @OptionGroup var running: RunningArguments

  @Option(help: ArgumentHelp("Seed of a random workload.", valueName: "number"))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp("Operations of a random workload; 0: until killed.", valueName: "number")
  )
  var count = 1000

  @Option(
    help: ArgumentHelp(
      "Blocks that a random workload uses. Default: all of the origin.",
      valueName: "number"
    )
  )
  var blocks: UInt64?

  @Flag(help: "Print each operation as it begins and when it was acknowledged, as random does.")
  var log = false

  func validate() throws {
    guard count >= 0 else { throw ValidationError("--count is at least 0") }
    guard blocks != 0 else { throw ValidationError("--blocks is at least 1") }
  }

  func run() throws {
    let isRandom = workload == "random"
    let steps = isRandom ? [] : try parsed()
    let log = WorkloadLog(tellsOperations: log || isRandom)
    var runner = WorkloadRunner(try running.open(), subject: running.subject, log: log)
    if isRandom {
      try log.say("random workload with seed \(seed), blocks of \(runner.blockSize) bytes")
      var source = try randomSteps(for: runner)
      var number = 0
      while count == 0 || number < count, let step = source.next() {
        number += 1
        runner = try perform(step, at: "operation \(number)", by: runner)
      }
    } else {
      for (line, step) in steps {
        runner = try perform(step, at: "\(name):\(line)", by: runner)
      }
    }
    try runner.end()
  }

  private func perform(
    _ step: WorkloadStep,
    at place: String,
    by runner: consuming WorkloadRunner
  ) throws(ToolFailure) -> WorkloadRunner {
    if step == .reopen || step == .crash { return try runner.reopened(step, at: place) }
    try runner.run(step, at: place)
    return runner
  }

  private var name: String { workload == "-" ? "standard input" : workload }

  private func parsed() throws(ToolFailure) -> [(line: Int, step: WorkloadStep)] {
    let bytes = try InputBytes.read(workload == "-" ? nil : workload)
    do throws(WorkloadSyntaxError) {
      return try WorkloadParser.steps(of: String(decoding: bytes, as: UTF8.self))
    } catch {
      throw .malformed("\(name):\(error.line): \(error.reason)")
    }
  }

  private func randomSteps(for runner: borrowing WorkloadRunner) throws(ToolFailure)
    -> RandomWorkload
  {
    let available = runner.originBlocks
    let used = blocks ?? available
    guard used > 0, used <= available else {
      throw .usage("--blocks \(used): the origin has \(available) blocks")
    }
    return RandomWorkload(
      seed: seed,
      blockCount: used,
      sectorsPerBlock: UInt64(runner.blockSize / 512)
    )
  }
}
