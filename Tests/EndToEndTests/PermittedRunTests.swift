import CacheSpecification
import Checker
import PersistencyModel
import ReferenceCache
import Testing

@testable import fencepost

/// Correct runs that use what section 4 of the dm-writecache reference permits are not reported; without the
/// permission they would be.
@Suite struct PermittedRunTests {
  /// A recording on a small cache of two blocks of 1,024 bytes, over a disk.
  private struct Recording {
    let run: CacheRun
    let start: CacheStart
    var setup: CacheSetup

    init(_ workload: String, isCleaner: Bool = false) throws {
      var options = CacheOptions(blockSize: 1024, strategy: .nonTemporal)
      options.autocommitBlocks = .max
      options.writeBack = .manual
      options.isCleaner = isCleaner
      setup = .small(blocks: 3, originBlocks: 2, options: options)
      let setup = setup
      (run, start) = try ScratchDirectory.with { directory in
        let recorder = try CacheRecorder(setup, in: directory)
        let steps = try CacheWorkload(parsing: workload).steps
        let start = try recorder.formatted()
        return (try recorder.record(steps, from: start, firstVersion: 1), start)
      }
      #expect(run.failure == nil)
    }

    /// The kinds found in a trace that begins as the recording did; none where it is consistent.
    func kinds(of trace: Trace? = nil, mayWriteAround: Bool) throws -> Set<String> {
      var options = setup.options
      options.isMetadataOnly = mayWriteAround
      options.isCleaner = false
      let subject = try WritecacheSubject(
        CheckSubject(trace: trace ?? run.trace, initial: run.initial),
        options: options,
        origin: .bytes(start.origin),
        contents: .bytes(start.contents)
      )
      let report = subject.check(level: .questions)
      let kinds = Set(report.findings.map(\.violation.kind))
      #expect(kinds.isEmpty == (report.verdict == .consistent), "\(report.reasons)")
      return kinds
    }

    /// Positions of the marks of the last operation of a kind, and of what is between them.
    func operation(_ kind: OperationKind) throws -> (marks: Set<Int>, between: Range<Int>) {
      let events = run.trace.events
      var begin: (position: Int, number: UInt32)?
      var end: Int?
      for (position, event) in events.enumerated() where event.kind == .mark {
        switch run.trace.mark(of: event) {
        case .begin(let operation) where operation.kind == kind:
          begin = (position, operation.number)
        case .acknowledge(begin?.number): end = position
        default: break
        }
      }
      let first = try #require(begin?.position)
      let last = try #require(end)
      return ([first, last], (first + 1)..<last)
    }
  }

  /// B2: the disk keeps either of two writes around the cache and not the other.
  @Test func anySubsetOfUnflushedWritesMaySurvive() throws {
    let recording = try Recording("write A, write B", isCleaner: true)
    #expect(recording.run.trace.events.contains { $0.kind.isSectorWrite })
    #expect(try recording.kinds(mayWriteAround: true).isEmpty)
    #expect(try recording.kinds(mayWriteAround: false).contains("splitEpoch"))
  }

  /// B3: the disk keeps one sector of a write of two.
  @Test func aWriteOfSeveralSectorsMayBeTorn() throws {
    let recording = try Recording("write A", isCleaner: true)
    #expect(recording.run.trace.events.count { $0.kind.isSectorWrite } == 2)
    #expect(try recording.kinds(mayWriteAround: true).isEmpty)
    #expect(try recording.kinds(mayWriteAround: false).contains("tornBlock"))
  }

  /// G7: a discarded block shows what was there before it was cached, although a later write was durable.
  @Test func aDiscardedBlockMayShowAnyEarlierContent() throws {
    let recording = try Recording("write A, flush, write A, flush, discard A")
    #expect(try recording.kinds(mayWriteAround: false).isEmpty)
    let discard = try recording.operation(.discard)
    let unmarked = recording.run.trace.removing(eventsAt: discard.marks)
    #expect(try recording.kinds(of: unmarked, mayWriteAround: false) == ["lostDurableWrite"])
  }

  /// B5: a cache that does nothing for a discard keeps its promises, and one that does as well.
  @Test func aDiscardIsAHint() throws {
    let recording = try Recording("write A, flush, discard A, flush")
    #expect(try recording.kinds(mayWriteAround: false).isEmpty)
    let discard = try recording.operation(.discard)
    #expect(recording.run.trace.events[discard.between].contains { $0.kind.isStore })
    let ignored = recording.run.trace.removing(eventsAt: Set(discard.between))
    #expect(try recording.kinds(of: ignored, mayWriteAround: false).isEmpty)
    let unmarked = recording.run.trace.removing(eventsAt: discard.marks)
    #expect(try !recording.kinds(of: unmarked, mayWriteAround: false).isEmpty)
  }
}
