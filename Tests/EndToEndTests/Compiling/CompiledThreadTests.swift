import Foundation
import PersistencyModel
import TestSupport
import Testing
import TraceFormat

@Suite(.enabled(if: CompiledPrograms.isAvailable, "\(CompiledPrograms.obstacle ?? "")"))
struct CompiledThreadTests {
  private static let rounds = 2000

  @Test(arguments: [2, 8])
  func noStoreOfThreadsIsLostAndEachLineHasTheOrderThatHappened(threads: Int) throws {
    let folder = try Scratch()
    let program = try CompiledPrograms.compile("contended.c", ["-O2", "-g"], in: folder)
    let (run, trace, summary) = try CompiledPrograms.trace(of: program, ["\(threads)"], in: folder)
    #expect(run.status == 0 && summary.isComplete, "\(run.errors)")
    let total = UInt64(threads * Self.rounds)
    // What each store left is what the one before it left, and one more.
    for (word, kind) in [(0, EventKind.lockedStore), (1, .lockedStore), (2, .store)] {
      let own = trace.events.filter { $0.kind.isStore && $0.address == UInt64(word) * 8 }
      #expect(own.allSatisfy { $0.kind == kind })
      #expect(own.map(\.payload) == Array(1...total), "word \(word)")
      #expect(Set(own.map(\.thread)).count == threads)
    }
    for thread in 0..<threads {
      let own = trace.events.filter { $0.kind.isStore && $0.address == UInt64(8 + thread) * 8 }
      #expect(own.map(\.payload) == Array(1...UInt64(Self.rounds)))
      #expect(Set(own.map(\.thread)).count == 1)
    }
    #expect(trace.count(.clwb) == threads * Self.rounds / 100)
    #expect(trace.count(.sfence) == threads * Self.rounds / 100)
  }

  @Test(arguments: ["exit", "kill"])
  func aKilledProgramLosesNothingOfItsRecording(way: String) throws {
    let folder = try Scratch()
    let program = try CompiledPrograms.compile("many-stores.c", ["-O2"], in: folder)
    let (run, trace, summary) = try CompiledPrograms.trace(of: program, [way], in: folder)
    #expect(run.status == (way == "kill" ? 137 : 0))
    #expect(summary.isComplete && trace.events.count == 600_000, "\(run.errors)")
    #expect(trace.events.enumerated().allSatisfy { $1.payload == UInt64($0 + 1) })
  }
}
