import ComparisonPolicies
import Foundation
import PersistencyModel
import TestSupport
import Testing

/// Policies on the corpus of random traces, whose exact sets are known from elsewhere.
@Suite struct CorpusTests {
  private static let corpus = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("traces/litmus/random-shared.jsonl")

  /// Every trace at full size; else each tenth, which takes seconds in a debug build.
  private static let traces: [RandomCorpusTrace] = {
    let all = (try? RandomCorpusTrace.read(corpus)) ?? []
    let isComplete = ProcessInfo.processInfo.environment["FENCEPOST_COMPLETE"] == "1"
    return all.enumerated().filter { isComplete || $0.offset % 10 == 0 }.map(\.element)
  }()

  @Test func theExactPolicyMissesNothingAndTriesNothingForbidden() throws {
    #expect(Self.traces.count >= 20)
    for test in Self.traces {
      let subject = try subject(test)
      let images = images(.exact, subject, lines: test.lines)
      #expect(images.count == test.union.count, "seed \(test.seed)")
      let digest = SlowModelDigest.shortHex(ofSorted: images)
      if let hash = test.union.hash { #expect(digest == hash, "seed \(test.seed)") }
    }
  }

  @Test func lookingStatesUpAndProbingThemGiveTheSameScores() throws {
    var forbidden = 0
    for test in Self.traces {
      let subject = try subject(test)
      let known = PolicyComparison(subject, program: NoRecovery(), limit: 5_000)
      let exact = try #require(known.enumerate())
      #expect(exact.missed == 0)
      #expect(exact.distinct == test.union.count)
      let unknown = PolicyComparison(subject, program: NoRecovery(), limit: 5_000)
      for policy in [ComparisonPolicy.yat, .pmreorderAccumulative, .vinter, .mumak] {
        let looked = known.score(policy)
        var probed = unknown.score(policy)
        #expect(probed.missed == nil)
        #expect(looked.missed == exact.distinct - looked.permitted)
        #expect(looked.missedImages == looked.missed)
        probed.missed = looked.missed
        probed.missedImages = looked.missedImages
        // States inside a store are crash points of which a probe sees only the one before.
        if test.model == "adr" { #expect(looked == probed, "seed \(test.seed), \(policy)") }
        forbidden += looked.forbidden
      }
    }
    #expect(forbidden > 0)
  }

  @Test func underTheModelThatYatAssumesItTriesNothingForbidden() throws {
    // Lines that do not tear, plain stores only: then its prefixes are the model's.
    for test in Self.traces where test.model == "adr" {
      guard !test.events.contains(where: { $0.op == "nt" }) else { continue }
      let comparison = PolicyComparison(try subject(test), program: NoRecovery(), limit: 5_000)
      _ = try #require(comparison.enumerate())
      let score = comparison.score(.yat)
      #expect(score.forbidden == 0, "seed \(test.seed)")
    }
  }

  private func subject(_ test: RandomCorpusTrace) throws -> PolicySubject {
    var options = ModelOptions()
    options.tear = try #require(TearMode(rawValue: test.tear))
    options.domainOverride = PersistenceDomain(rawValue: test.model)
    let initial = test.initialLines
    return PolicySubject(trace: test.trace, options: options) {
      initial[$0.index] ?? LineBytes()
    }
  }

  /// The distinct images of a policy, all lines joined.
  private func images(
    _ policy: ComparisonPolicy,
    _ subject: PolicySubject,
    lines: UInt64
  ) -> Set<[UInt8]> {
    var memory = (0..<lines).map { subject.initial(CacheLine(index: $0)) }
    var images: Set<[UInt8]> = []
    policy.explore(subject) { image in
      for (line, content) in image.changes { memory[Int(line.index)] = content }
      images.insert(memory.flatMap(\.bytes))
      return true
    }
    return images
  }
}
