import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import fencepost

/// No option is given in vain: where it changes nothing it is refused.
@Suite struct OptionEffectTests {
  /// Every option of a check as it is given, and none with its default.
  private static let options: [[String]] = [
    ["--initial", "a.img"], ["--final", "b.img"], ["--process", "1"], ["--marks", "m"],
    ["--domain", "adr"], ["--tear", "line"], ["--order", "word"], ["--weak-clflush"],
    ["--devices", "linear:8K"], ["--device-table", "t"], ["--routing", "correct"],
    ["--flushes-are-requests"], ["--fences-from", "x"], ["--without", "1"], ["--as-plain", "1"],
    ["--max-executions", "7"], ["--time-limit", "1s"], ["--max-memory", "1G"], ["--seed", "3"],
    ["--level", "1"], ["--nested", "on"], ["--policy", "yat"], ["--crash-within", "a"],
    ["--skip", "a"], ["--assert", "a.assert"], ["--recovery", "writecache"],
    ["--block-size", "512"],
    ["--start-sector", "8"], ["--kernel-faithful"], ["--writes-around"],
    ["--recovery-defect", "S15"],
    ["--origin", "o.img"],
    ["--recovery-library", "a.so:f"], ["--track", "on"], ["--checker-time-limit", "1s"],
    ["--no-fork-server"], ["--negative-controls"], ["--negative-control-events", "2"],
    ["--report", "text"], ["--suggest"], ["--max-executions-each", "5"], ["--ignore", "tornBlock"],
    ["--allow-inconclusive"], ["--quiet"],
  ]

  private static let always: Set<String> = [
    "--max-executions", "--time-limit", "--seed", "--report",
  ]
  private static let ofTrace: Set<String> = [
    "--initial", "--final", "--process", "--marks", "--domain", "--tear", "--order",
    "--weak-clflush", "--devices", "--device-table", "--routing", "--flushes-are-requests",
    "--fences-from", "--without", "--as-plain", "--crash-within", "--skip", "--ignore",
  ]
  private static let ofCache: Set<String> = [
    "--block-size", "--start-sector", "--kernel-faithful", "--writes-around", "--recovery-defect",
    "--origin",
  ]
  private static let named: Set<String> = ["--assert", "--recovery", "--recovery-library"]

  private static func recovery(_ kind: RecoveryArguments.Kind) -> [String] {
    switch kind {
    case .assertions: ["--assert", "a.assert"]
    case .writecache: ["--recovery", "writecache"]
    case .library: ["--recovery-library", "a.so:f"]
    case .command: ["--", "/bin/true"]
    }
  }

  /// What the documentation says of an option, told once more and by rule.
  private static func isSensible(
    _ option: String,
    _ task: CheckTask,
    _ kind: RecoveryArguments.Kind?
  ) -> Bool {
    let isExact = task == .check || task == .necessity
    let isOpaque = kind == .library || kind == .command
    if always.contains(option) { return true }
    if ofTrace.contains(option) { return task != .litmus }
    if ofCache.contains(option) { return kind == .writecache && task != .litmus }
    switch option {
    case "--track": return isExact && isOpaque
    case "--checker-time-limit": return isOpaque && task != .litmus
    case "--no-fork-server": return kind == .command && task != .litmus
    case "--nested", "--level": return isExact && kind == .writecache
    case "--max-memory": return isExact || task == .comparison
    case "--policy": return task != .necessity
    case "--negative-controls", "--negative-control-events", "--suggest": return task == .check
    case "--max-executions-each": return task == .necessity
    default: return task == .check || task == .policy || task == .necessity
    }
  }

  /// Whether the options are refused, with what sentence.
  private func refusal(_ words: [String], in task: CheckTask) throws -> String? {
    let command = try CheckCommand.parse(["run.trace"] + words)
    do {
      try command.requireEffect(in: task)
      return nil
    } catch let failure as ToolFailure {
      #expect(failure.exitCode == 64)
      return failure.description
    }
  }

  @Test func eachOptionOfEachCommandWithEachRecoveryHasAnEffectOrIsRefused() throws {
    var refused = 0
    for option in Self.options where !Self.named.contains(option[0]) {
      for task in CheckTask.allCases where task != .litmus {
        for kind in RecoveryArguments.Kind.allCases {
          let sentence = try refusal(option + Self.recovery(kind), in: task)
          let isSensible = Self.isSensible(option[0], task, kind)
          #expect((sentence == nil) == isSensible, "\(option) \(task) \(kind)")
          guard let sentence else { continue }
          refused += 1
          #expect(sentence.contains("\(option[0]) changes nothing here: "), "\(sentence)")
        }
      }
    }
    #expect(refused > 150)
  }

  @Test func aLitmusCorpusTakesNoOptionOfATrace() throws {
    for option in Self.options {
      let sentence = try refusal(option, in: .litmus)
      let isSensible =
        !Self.named.contains(option[0]) && Self.isSensible(option[0], .litmus, nil)
      #expect((sentence == nil) == isSensible, "\(option)")
    }
    #expect(try refusal(["--", "/bin/true"], in: .litmus) != nil)
  }

  @Test func theTableAboveHasEveryOptionOfACheck() throws {
    let help = try Tool.fencepost.run(["check", "--help"]).text
    let told = help.split(separator: "\n").compactMap { line in
      line.firstMatch(of: /^ {2}(?:-q, )?(--[a-z-]+)/).map { String($0.1) }
    }
    #expect(Set(told).subtracting(["--version"]) == Set(Self.options.map { $0[0] }))
  }

  @Test func whatBelongsTogetherIsAccepted() throws {
    #expect(
      try refusal(["--suggest", "--max-executions-each", "9", "--", "/bin/true"], in: .check) == nil
    )
    let both = ["--negative-controls", "--negative-control-events", "2", "--", "/bin/true"]
    #expect(try refusal(both, in: .check)?.contains("give one of the two") ?? false)
  }

  @Test func theToolSaysWhatToDoInstead() throws {
    let trace = Repository.path("docs/examples/append.trace")
    for (words, sentence) in [
      (
        ["check", trace, "--nested", "on", "--", "/bin/true"], "--recovery writecache, whose stores"
      ),
      (
        ["check", trace, "--policy", "yat", "--suggest", "--", "/bin/true"],
        "check without --policy"
      ),
      (["compare", trace, "--nested", "on", "--", "/bin/true"], "by check and necessity"),
      (["compare", trace, "--quiet", "--", "/bin/true"], "--report text=FILE"),
      (["necessity", trace, "--suggest", "--", "/bin/true"], "follows a violated verdict"),
      (["check", trace, "--flushes-are-requests", "--", "/bin/true"], "router with --routing"),
    ] {
      let run = try Tool.fencepost.run(words)
      #expect(run.status == 64, "\(words)")
      #expect(run.errors.contains(sentence), "\(run.errors)")
      #expect(run.text.isEmpty)
    }
  }

  @Test func knownViolationsOfAssertionsAndUnderPoliciesDoNotCount() throws {
    let trace = Repository.path("docs/examples/append.trace")
    let scratch = try Scratch()
    let text = "invariant record kind tornBlock: u64[0] == 0 or u64[64] == 42\n"
    let judge = ["--assert", try scratch.text("a.assert", text)]
    let known = ["--ignore", "tornBlock"]
    #expect(try check([trace] + judge).run.status == 1)
    let passed = try check([trace] + judge + known)
    #expect(passed.run.status == 0, "\(passed.run.errors)")
    #expect(try passed.report.notes.contains { $0.contains("tornBlock were ignored (--ignore)") })
    let other = try check([trace] + judge + ["--ignore", "foreignData"])
    #expect(try other.report.reasons.contains("--ignore foreignData matches nothing"))
    #expect(try check([trace, "--policy", "yat"] + judge).run.status == 1)
    let policy = try check([trace, "--policy", "yat"] + judge + known)
    #expect(policy.run.status == 2)
    #expect(try policy.report.findings.isEmpty)
    let table = try Tool.fencepost.run(["compare", trace, "--report", "markdown"] + judge + known)
    #expect(table.text.contains("tornBlock were ignored (--ignore)"))
    #expect(!table.text.contains(/\| tornBlock \|/))
  }

  @Test func theTextSaysThatCrashesDuringRecoveryWereNotExplored() throws {
    let trace = Repository.path("docs/examples/append-fixed.trace")
    let run = try Tool.fencepost.run(["check", trace, "--", "/bin/true"])
    #expect(run.text.contains("\n  crash during recovery: not explored; what a checker stores"))
    let report = try check([trace, "--", "/bin/true"]).bytes
    let object = try JSONDecoder().decode(CertificateDocument.self, from: Data(report))
    #expect(object.certificate.options.nested == "off")
  }
}
