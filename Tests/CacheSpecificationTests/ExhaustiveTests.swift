import CacheSpecification
import PersistencyModel
import Testing

/// Every history of up to four operations on two blocks, every crash point, every observation:
/// the verdict is that of a definition that shares nothing with the target.
@Suite struct ExhaustiveTests {
  @Test(arguments: Step.requests)
  func verdictsAreThoseOfThePlainDefinition(first: Step) throws {
    var kinds: Set<Violation.Kind> = []
    for tail in Step.sequences(upTo: 3) {
      let steps = [first] + tail
      kinds.formUnion(try compare(PlainHistory(steps: steps)))
    }
    #expect(kinds == Set(Violation.Kind.allCases), "every kind of finding is reached")
  }

  @Test func writeBackMayCommitAnywhereInAHistory() throws {
    for steps in Step.sequences(upTo: 3, of: Step.allCases) where steps.contains(.writeBack) {
      _ = try compare(PlainHistory(steps: steps))
    }
  }

  /// Compares all verdicts of one history; returns the kinds of violation that were reached.
  private func compare(_ plain: PlainHistory) throws -> Set<Violation.Kind> {
    let history = try plain.script.history()
    var kinds: Set<Violation.Kind> = []
    var observer = Observer(table: history.contents)
    for period in 0..<history.periodCount {
      let points = history.crashPoints(of: period)
      for seen in plain.observations(at: points.upperBound - 1) {
        let observation = observer.observation(seen)
        let verdict = history.judge(observation, in: period, contents: observer.table)
        kinds.formUnion(verdict.map(\.kind))
        let weak = verdict.filter { $0.contract == .blockDevice }
        for point in points where plain.isPossible(seen, at: point) {
          guard plain.cachePermits(seen, at: point) == verdict.isEmpty,
            plain.anyDevicePermits(seen, at: point) == weak.isEmpty
          else {
            Issue.record("\(plain.steps) crash point \(point) \(seen): \(verdict)")
            return kinds
          }
        }
      }
    }
    return kinds
  }

  @Test func everyBoundaryChangesAVerdict() throws {
    for steps in Step.sequences(upTo: 3) {
      let plain = PlainHistory(steps: steps)
      let history = try plain.script.history()
      for boundary in history.boundaries {
        let differs = plain.observations(at: boundary).contains { seen in
          plain.cachePermits(seen, at: boundary - 1) != plain.cachePermits(seen, at: boundary)
            || plain.anyDevicePermits(seen, at: boundary - 1)
              != plain.anyDevicePermits(seen, at: boundary)
        }
        #expect(differs, "\(steps) at \(boundary)")
      }
    }
  }
}
