import Foundation
import PersistencyModel
import TestSupport
import Testing

private let corpus = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().appending(path: "traces/litmus")

/// The slow implementations are checked first of all: what they say of the corpora is known.
@Suite struct SlowModelCorpusTests {
  @Test func theOperationalModelReachesExactlyTheStatesOfEveryLitmusTest() throws {
    let tests = try LitmusFile.read(corpus.appending(path: "shared.json")).tests
    #expect(tests.count == 84)
    for test in tests {
      let outcome = try #require(SlowModel.explore(test.program, reading: test.reading()))
      #expect(rows(outcome.all, test) == numbers(test.states), "\(test.name): states")
      #expect(rows(outcome.final, test) == numbers(test.final), "\(test.name): final")
      if let byPoint = test.byPoint {
        #expect(
          outcome.byPoint.map { rows($0, test) } == byPoint.map { numbers($0) },
          "\(test.name): by point"
        )
      }
    }
  }

  @Test func theWeakerOrderAddsExactlyTheImagesListed() throws {
    let tests = try LitmusFile.read(corpus.appending(path: "shared.json")).tests
    #expect(tests.count { $0.extra != nil } == 6)
    for test in tests {
      guard let extra = test.extra else { continue }
      let weak = try #require(SlowModel.explore(test.program, reading: test.reading(order: .word)))
      let added = rows(weak.all, test).subtracting(numbers(test.states))
      #expect(added == numbers(extra), "\(test.name)")
      guard test.threads.count == 1 else { continue }
      let closed = closedForms(of: test, order: .word)
      let union = closed.reduce(into: Set<[UInt8]>()) {
        $0.formUnion($1.unionImages(over: test.lines) ?? [])
      }
      #expect(rows(union, test) == rows(weak.all, test), "\(test.name)")
    }
  }

  @Test func handWrittenImagesAreReachedOrNotAsStated() throws {
    for test in try LitmusFile.read(corpus.appending(path: "shared.json")).tests {
      let outcome = try #require(SlowModel.explore(test.program, reading: test.reading()))
      let images = rows(outcome.all, test)
      for partial in test.allowed {
        #expect(images.contains { matches($0, partial, test) }, "\(test.name)")
      }
      for partial in test.forbidden {
        #expect(!images.contains { matches($0, partial, test) }, "\(test.name)")
      }
    }
  }

  @Test func theClosedFormMissesOnlyWhatNeedsAStoreBuffer() throws {
    var missing: [String] = []
    for test in try LitmusFile.read(corpus.appending(path: "shared.json")).tests {
      let closed = closedForms(of: test, order: .line)
      let union = closed.reduce(into: Set<[UInt8]>()) {
        $0.formUnion($1.unionImages(over: test.lines) ?? [])
      }
      let final = closed.reduce(into: Set<[UInt8]>()) {
        $0.formUnion($1.finalImages(over: test.lines))
      }
      let isExact =
        rows(union, test) == numbers(test.states) && rows(final, test) == numbers(test.final)
      if !isExact { missing.append(test.name) }
      #expect(rows(union, test).isSubset(of: numbers(test.states)), "\(test.name)")
      guard let byPoint = test.byPoint, let only = closed.first else { continue }
      for (point, expected) in byPoint.enumerated() {
        let images = try #require(only.images(at: point, over: test.lines))
        #expect(rows(images, test) == numbers(expected), "\(test.name) at \(point)")
      }
    }
    #expect(missing == ["eadr-sb", "sb-persist"])
  }

  private func closedForms(of test: LitmusTest, order: SlowOrder) -> [SlowClosedForm] {
    SlowExecution.traces(of: test.program).map {
      SlowClosedForm(
        trace: $0,
        reading: test.reading(order: order),
        initial: test.initialLines
      )
    }
  }

  private func rows(_ images: Set<[UInt8]>, _ test: LitmusTest) -> Set<[UInt64]> {
    Set(images.map { test.row(of: $0) })
  }

  private func numbers(_ rows: Set<[LitmusNumber]>) -> Set<[UInt64]> {
    Set(rows.map { $0.map(\.value) })
  }

  private func matches(
    _ row: [UInt64],
    _ partial: [String: LitmusNumber],
    _ test: LitmusTest
  ) -> Bool {
    zip(test.vars, row).allSatisfy { partial[$0]?.value ?? $1 == $1 }
  }
}

@Suite struct SlowModelRandomCorpusTests {
  @Test func theClosedFormCountsWhatTheRandomCorpusCounts() throws {
    let traces = try RandomCorpusTrace.read(corpus.appending(path: "random-shared.jsonl"))
    #expect(traces.count == 200)
    for random in traces {
      let closed = SlowClosedForm(
        trace: random.trace,
        reading: random.reading,
        initial: random.initialLines
      )
      for (point, expected) in random.points.enumerated() {
        #expect(expected.lines.reduce(1) { $0 * $1.n } == expected.count, "\(random.seed)")
        #expect(closed.choiceCount(at: point) == expected.vectors, "\(random.seed) at \(point)")
        let lines = (0..<random.lines).map { line in
          RandomCorpusTrace.LineContents(of: contents(of: line, in: closed, at: point))
        }
        #expect(lines == expected.lines, "\(random.seed) at \(point)")
      }
      try expectUnion(of: closed, random)
    }
  }

  @Test func theOperationalModelReachesWhatTheRandomCorpusCounts() throws {
    var compared = 0
    for random in try RandomCorpusTrace.read(corpus.appending(path: "random-shared.jsonl")) {
      let program = SlowProgram(
        trace: random.trace,
        lines: Array(0..<random.lines),
        initial: random.initialLines
      )
      guard
        let outcome = SlowModel.explore(
          program,
          reading: random.reading,
          limit: AgreementScale.stateLimit
        )
      else {
        continue
      }
      #expect(outcome.byPoint.map(\.count) == random.points.map(\.count), "\(random.seed)")
      #expect(outcome.all.count == random.union.count, "\(random.seed)")
      let digest = SlowModelDigest.shortHex(ofSorted: outcome.all)
      #expect(digest == random.union.hash, "\(random.seed)")
      compared += 1
    }
    #expect(compared >= (AgreementScale.isComplete ? 200 : 100))
  }

  private func contents(
    of line: UInt64,
    in closed: SlowClosedForm,
    at point: Int
  ) -> Set<[UInt8]> {
    closed.lines.contains(line)
      ? closed.contents(line: line, at: point) : [closed.initialBytes(of: line)]
  }

  private func expectUnion(of closed: SlowClosedForm, _ random: RandomCorpusTrace) throws {
    if let vectors = random.union.vectors {
      #expect(closed.unionChoiceCount() == vectors, "\(random.seed)")
    }
    guard let count = random.union.count else { return }
    let images = try #require(closed.unionImages(over: Array(0..<random.lines)))
    #expect(images.count == count, "\(random.seed)")
    #expect(SlowModelDigest.shortHex(ofSorted: images) == random.union.hash, "\(random.seed)")
  }
}
