import Checker
import PersistencyModel
import Testing

/// A recovery that adds what is logged, again each time it is interrupted before it says so.
private struct AddingRecovery: Recovery {
  mutating func recover<M: Medium>(_ medium: inout M) -> [UInt64] {
    if medium.load64(at: 0) == 1 {
      for (offset, value) in [
        (128, medium.load64(at: 64) &+ medium.load64(at: 128)), (0, UInt64(0)),
      ] {
        medium.store(value, at: offset)
        medium.writeBackLine(at: offset)
        medium.fence()
      }
    }
    return [medium.load64(at: 128)]
  }
}

/// A finding about a crash during recovery says how to come to the image that shows it.
@Suite struct RecordedRecoveryTests {
  private let initial = MemoryImage(bytes: [UInt8](repeating: 0, count: 256))

  private var trace: Trace {
    var trace = Trace(header: TraceHeader(source: .text))
    for (address, value) in [(UInt64(64), UInt8(7)), (0, 1)] {
      trace.appendStore(.store, address: address, bytes: [value, 0, 0, 0, 0, 0, 0, 0])
      trace.append(Event(.clwb, address: address, size: 64))
      trace.append(Event(.sfence))
    }
    return trace
  }

  private func finding(depth: Int) throws -> Finding {
    var limits = ExplorationLimits()
    limits.nestedDepth = depth
    let report = BehaviourCheck(
      CheckSubject(trace: trace, initial: initial),
      recovery: AddingRecovery(),
      oracle: OutcomeOracle(boundaries: [], forbidden: .nothing),
      limits: limits
    ).check()
    return try #require(report.findings.first)
  }

  private func memory(
    _ trace: Trace,
    _ image: MemoryImage,
    _ point: CrashPoint,
    _ keep: KeepSpec
  ) throws -> MemoryImage {
    var machine = CheckSubject(trace: trace, initial: image).machine
    for index in 0..<point.events {
      machine.apply(trace.events[index], at: index, of: trace) { _, _ in }
    }
    var memory = image
    for (line, content) in try keep.contents(in: machine) { memory[line] = content }
    return memory
  }

  private func recovered(_ image: MemoryImage) -> RecordedRecovery<[UInt64]> {
    RecordedRecovery(of: AddingRecovery(), on: image, header: trace.header)
  }

  @Test(arguments: [1, 2, .max]) func theInnerImageShowsWhatTheFindingSays(_ depth: Int) throws {
    let finding = try finding(depth: depth)
    #expect(finding.violation.kind == "recoveryNotIdempotent")
    let crashes = finding.violation.interruptions
    #expect(!crashes.isEmpty && crashes.count <= depth)
    let outer = try memory(trace, initial, finding.crashPoint, finding.keep)
    let undisturbed = recovered(outer)
    #expect(undisturbed.outcome == [7])
    var image = outer
    for crash in crashes {
      let again = try RecoveryInterruption(parsing: crash.description)
      #expect(again == crash)
      image = try memory(recovered(image).trace, image, again.crashPoint, again.keep)
    }
    #expect(recovered(image).outcome != undisturbed.outcome)
  }

  @Test func whatIsNoInterruptionIsRefused() {
    for text in ["", "12", "x:none", "12:7", "-1:all"] {
      #expect(throws: KeepSpec.Failure.self) { try RecoveryInterruption(parsing: text) }
    }
  }
}
