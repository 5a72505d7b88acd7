import Checker
import PersistencyModel
import Synchronization
import TestSupport
import Testing

@testable import fencepost

@Suite struct RoutingTests {
  @Test(arguments: RoutingSplits.all)
  func correctRoutingIsConsistent(on split: RoutingSplit) throws {
    let recording = try RoutingRecording.ofSize(split.size)
    #expect(
      RoutingPromises.firstBroken(in: recording.trace, on: split, routed: .correct) == nil
    )
    try expectConsistent(.correct, recording, on: split)
  }

  @Test(arguments: RoutingSplits.all, [RoutingReach.firstDevice, .firstSegment])
  func faultyRoutingIsViolatedExactlyWhenAPromiseLosesALine(
    on split: RoutingSplit,
    routed reach: RoutingReach
  ) throws {
    let recording = try RoutingRecording.ofSize(split.size)
    let broken = RoutingPromises.firstBroken(in: recording.trace, on: split, routed: reach)
    guard let broken else { return try expectConsistent(reach, recording, on: split) }
    try expectViolated(at: broken, reach, recording, on: split)
    if tableLinesLeftBehind(recording.trace, before: broken.event, on: split, routed: reach) <= 2 {
      try expectConsistent(reach, recording, on: split, first: broken.event)
    }
  }
}

/// Lines of the entry table that requests before an event did not reach.
///
/// Before the first commit recovery believes none of them but reads them all, and each multiplies
/// what it may see by five: beyond a few lines that is more than a test can wait for.
private func tableLinesLeftBehind(
  _ trace: Trace,
  before event: Int,
  on split: RoutingSplit,
  routed reach: RoutingReach
) -> Int {
  let requests = RoutingRequest.all(of: trace, on: split, routed: reach)
  return Set(requests.filter { $0.event < event }.flatMap(\.leftBehind)).count { $0 < 64 }
}

/// A trace as it is explored: equal ones have equal verdicts, and are explored once.
private struct RoutedTrace: Hashable {
  var size: Int
  var count: Int
  var writeBacks: [Event]
  var eADRLines: [Int]
}

private let consistent = Mutex<Set<RoutedTrace>>([])

/// Expects write-backs as the test's own arithmetic has them, and no violation at any crash point.
private func expectConsistent(
  _ reach: RoutingReach,
  _ recording: RoutingRecording,
  on split: RoutingSplit,
  first count: Int? = nil
) throws {
  let check = try RoutingCheck(recording, on: split, routed: reach, first: count)
  expectOwnWriteBacks(in: check.trace, on: split, routed: reach)
  let routed = RoutedTrace(
    size: split.size,
    count: check.trace.events.count,
    writeBacks: check.trace.events.filter { $0.kind == .routedWriteBack },
    eADRLines: (0..<(split.size / 64)).filter {
      split.devices[split.place(of: $0 * 64).device].isEADR
    }
  )
  if consistent.withLock({ $0.contains(routed) }) { return }
  let isQuick = !RoutingSplits.isComplete && !routed.eADRLines.isEmpty
  let document = try check.explore(isQuick ? .betweenEvents : .everywhere)
  let report = document.report
  let text = TextReport(document: document).text
  #expect(report.findings.isEmpty, "\(text)")
  if isQuick {
    #expect(report.reasons == ["not everything was explored: outside the scope"], "\(text)")
  } else {
    #expect(report.verdict == .consistent, "\(text)")
  }
  if report.findings.isEmpty { consistent.withLock { _ = $0.insert(routed) } }
}

/// Expects a violation at the moment at which the promise is made, and a report that says why.
private func expectViolated(
  at broken: BrokenPromise,
  _ reach: RoutingReach,
  _ recording: RoutingRecording,
  on split: RoutingSplit
) throws {
  let check = try RoutingCheck(recording, on: split, routed: reach, first: broken.event + 1)
  expectOwnWriteBacks(in: check.trace, on: split, routed: reach)
  // Before the first commit many states lose entries without breaking a promise: look further.
  let document = try check.explore(.last, patience: broken.event < 200 ? 64 : 8)
  #expect(
    document.report.verdict == .violated,
    "\(broken)\n\(TextReport(document: document).text)"
  )
  let requests = RoutingRequest.all(of: check.trace, on: split, routed: reach)
  for finding in document.report.findings {
    let text = FindingText(document: document, finding: finding).lines(number: 1)
    RoutingReport(text).expectNames(requests, on: split, routed: reach)
  }
}

private func expectOwnWriteBacks(
  in trace: Trace,
  on split: RoutingSplit,
  routed reach: RoutingReach
) {
  var written: [UInt64: Set<Int>] = [:]
  for event in trace.events where event.kind == .routedWriteBack {
    written[event.payload, default: []].insert(Int(event.address / 64))
  }
  for request in RoutingRequest.all(of: trace, on: split, routed: reach) {
    #expect(written[request.number] ?? [] == Set(request.reached))
  }
}
