import TestSupport
import Testing

/// What one recorder cannot do is refused with a sentence, and never left out in silence.
@Suite(.enabled(if: CompiledPrograms.isAvailable, "\(CompiledPrograms.obstacle ?? "")"))
struct RecorderOptionTests {
  @Test(arguments: [["--races"], ["--frames", "3"]])
  func whatOnlyValgrindSeesIsRefusedOfTheCompiledRecorder(options: [String]) throws {
    let recorded = try Mishap.compiled.record("exit", options: options)
    #expect(recorded.run.status == 64)
    #expect(recorded.says("--races and --frames need --how valgrind"))
    #expect(recorded.file.isEmpty && recorded.rest.isEmpty)
  }

  @Test(
    arguments: [
      ["--pmem", "*"], ["--follow"], ["--races"], ["--frames", "2"], ["--how", "compiled"],
    ]
  )
  func anOptionOfARunIsRefusedOfAConversion(option: [String]) throws {
    let folder = try Scratch()
    let words = ["record", "-o", "run.fpt", "--from", "left"] + option
    let run = try Mishap.fencepost(words, in: folder)
    #expect(run.status == 64 && run.errors.contains("--from converts what was recorded"))
  }

  @Test func aRecorderIsNotChosenForAProfile() throws {
    let words = ["record", "--profile", "--how", "compiled", "--", "/bin/true"]
    let run = try Mishap.fencepost(words, in: try Scratch())
    #expect(run.status == 64 && run.errors.contains("--how"))
  }

  @Test func morePatternsThanARecorderTakesAreRefused() throws {
    let patterns = (1...64).flatMap { ["--pmem", "\($0).pm"] }
    let recorded = try Mishap.compiled.record("exit", options: patterns)
    #expect(recorded.run.status == 64 && recorded.says("--pmem: at most 64 patterns, not 65"))
  }
}
