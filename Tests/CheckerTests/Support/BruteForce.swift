import Checker
import PersistencyModel
import TestSupport

/// One state that a crash may leave, from the slow closed form.
struct BruteState {
  /// Lines that lose a piece.
  var lostLines: Set<UInt64>
  var image: [UInt8]
}

/// Every state of every crash point, one by one, by the slow second implementation of the model.
struct BruteForce {
  let checkCase: CheckCase
  let slow: SlowClosedForm
  /// Most choices at one crash point.
  static let limit = 400

  /// `nil` where some crash point has too many choices, or where readings of the model differ.
  init?(_ checkCase: CheckCase) {
    guard !checkCase.generated.mixesThreadsOnNonTemporalWord else { return nil }
    self.checkCase = checkCase
    let reading = SlowReading(
      tearing: SlowTearing(rawValue: checkCase.options.tear.rawValue) ?? .w8,
      order: SlowOrder(rawValue: checkCase.options.order.rawValue) ?? .line,
      devices: checkCase.generated.devices
    )
    slow = SlowClosedForm(
      trace: checkCase.generated.trace,
      reading: reading,
      initial: checkCase.generated.initial
    )
    guard (0...slow.lastPoint).allSatisfy({ slow.choiceCount(at: $0) <= Self.limit }) else {
      return nil
    }
  }

  /// Crash points: after each event, and inside each plain store.
  var points: [CrashPoint] {
    (0...slow.lastPoint).flatMap { events -> [CrashPoint] in
      let next = events < slow.lastPoint ? slow.trace.events[events].kind : .mark
      let isInside = next == .store || next == .lockedStore
      return [CrashPoint(events)] + (isInside ? [CrashPoint(events, insideNext: true)] : [])
    }
  }

  /// Every state at a crash point; of those with equal pieces, one each.
  func states(at point: CrashPoint) -> [BruteState] {
    let start = BruteState(lostLines: [], image: checkCase.initial.bytes)
    return slow.lines.reduce([start]) { states, line in
      let issued = slow.issued(line: line, at: point.events + (point.isInsideNext ? 1 : 0))
      let options = ideals(line, at: point).map {
        ($0 != issued, slow.contents(line: line, keeping: $0).first ?? [])
      }
      return states.flatMap { state in
        options.map { loses, content in
          var next = state
          if loses { next.lostLines.insert(line) }
          let start = Int(line) * 64
          next.image.replaceSubrange(start..<(start + 64), with: content)
          return next
        }
      }
    }
  }

  private func ideals(_ line: UInt64, at point: CrashPoint) -> [UInt128] {
    guard point.isInsideNext else { return slow.ideals(line: line, at: point.events).sorted() }
    let own =
      slow.issued(line: line, at: point.events + 1) & ~slow.issued(line: line, at: point.events)
    let lower = slow.guaranteed(line: line, at: point.events + 1) & ~own
    let upper = slow.issued(line: line, at: point.events + 1)
    return downClosed(line, from: lower, to: upper)
  }

  private func downClosed(_ line: UInt64, from lower: UInt128, to upper: UInt128) -> [UInt128] {
    let before = slow.predecessors(line: line)
    var found = [lower]
    for piece in before.indices where (upper & ~lower) >> UInt128(piece) & 1 == 1 {
      found += found.filter { before[piece] & ~$0 == 0 }.map { $0 | 1 << UInt128(piece) }
    }
    return found
  }

  /// Outcomes reachable in each period.
  func outcomes(_ oracle: OutcomeOracle) -> [Int: Set<[UInt64]>] {
    var memo: [[UInt8]: [UInt64]] = [:]
    var reached: [Int: Set<[UInt64]>] = [:]
    for point in points {
      for state in states(at: point) {
        let outcome = memo[state.image] ?? checkCase.images.outcome(of: state.image)
        memo[state.image] = outcome
        reached[oracle.period(at: point.events), default: []].insert(outcome)
      }
    }
    return reached
  }
}
