import Foundation
import PersistencyModel
import TestSupport
import Testing
import TraceFormat

@Suite(.enabled(if: ProgramRecorder.isAvailable, "\(ProgramRecorder.obstacle ?? "")"))
struct RecordCommandTests {
  @Test(arguments: [("exit", 3), ("kill", 137), ("abort", 134), ("twice", 0)])
  func theProgramsStatusIsPassedOn(way: String, status: Int32) throws {
    let folder = try Scratch()
    let (run, trace, summary) = try ProgramRecorder.trace(of: "endings", [way], in: folder)
    #expect(run.status == status && !run.isSignalled)
    #expect(trace.events.prefix(3).map(\.kind) == [.store, .clwb, .sfence])
    #expect(summary.isComplete)
  }

  @Test func aProgramThatIsNotThereGives127AndOneThatMayNotRun126() throws {
    let folder = try Scratch()
    let file = try folder.file("data", [1])
    let missing = try ProgramRecorder.record(
      ["-o", "run.fpt", "--", "./no-such-program"],
      in: folder
    )
    #expect(missing.status == 127)
    #expect(missing.errors.contains("./no-such-program: there is no such program"))
    let data = try ProgramRecorder.record(["-o", "run.fpt", "--", file.path], in: folder)
    #expect(data.status == 126)
    #expect(data.errors.contains("is no program that may be run"))
  }

  @Test func withoutValgrindASentenceSaysWhatToInstall() throws {
    let folder = try Scratch()
    let run = try ProgramRecorder.record(
      ["-o", "run.fpt", "--", "/bin/true"],
      in: folder,
      environment: ["PATH": folder.url.path]
    )
    #expect(run.status == 74)
    #expect(run.errors.contains("there is no valgrind command"))
  }

  @Test func whatHappensToMappingsIsFollowed() throws {
    for way in ["twice", "grow", "write"] {
      let folder = try Scratch()
      let (run, trace, summary) = try ProgramRecorder.trace(of: "endings", [way], in: folder)
      let file = try Data(contentsOf: folder.url.appending(path: "pm.img"))
      #expect(run.status == 0 && summary.isComplete, "\(way): \(run.errors)")
      #expect(trace.replayed(size: file.count) == [UInt8](file), "\(way)")
      #expect(trace.count(.store) == (way == "write" ? 2 : 3), "\(way)")
    }
  }

  @Test func whatTheFileHeldBeforeIsKeptBesideTheTrace() throws {
    let folder = try Scratch()
    _ = try ProgramRecorder.trace(of: "endings", ["exit"], in: folder)
    let before = try Data(contentsOf: folder.url.appending(path: "pm.img"))
    let (run, trace, _) = try ProgramRecorder.trace(of: "endings", ["exit"], in: folder)
    let initial = try Data(contentsOf: folder.url.appending(path: "run.pm.img.initial"))
    #expect(initial == before)
    #expect(run.errors.contains("--initial pm.img=run.pm.img.initial"))
    #expect(trace.bytes(of: trace.events[0]) == [20, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test func threadsTakeTurnsAndNoStoreIsLost() throws {
    let folder = try Scratch()
    let (_, trace, summary) = try ProgramRecorder.trace(of: "endings", ["threads"], in: folder)
    #expect(summary.isComplete)
    for line in [1, 2] {
      let own = trace.events.filter { $0.kind == .store && $0.address == UInt64(line) * 64 }
      #expect(own.map(\.payload) == Array(1...500))
      #expect(Set(own.map(\.thread)).count == 1)
    }
    let shared = trace.events.filter { $0.kind == .store && $0.address == 512 }
    #expect(shared.map(\.payload) == Array(1...1000))
    let atomic = trace.events.filter { $0.kind == .lockedStore && $0.address == 576 }
    #expect(atomic.map(\.payload) == Array(1...1000))
    #expect(Set(shared.map(\.thread)).count == 2)
  }

  @Test func storesWithoutAnyFlushAreWarnedOf() throws {
    let folder = try Scratch()
    let (run, trace, _) = try ProgramRecorder.trace(of: "endings", ["no-flush"], in: folder)
    #expect(trace.events.map(\.kind) == [.store])
    #expect(run.errors.contains("warning: there were 1 stores and no flush"))
  }

  @Test func aRecordingThatDoesNotExplainTheFileIsNotComplete() throws {
    let folder = try Scratch()
    let (run, _, summary) = try ProgramRecorder.trace(of: "endings", ["behind"], in: folder)
    #expect(!summary.isComplete)
    #expect(run.errors.contains("byte 9000 is not what the recording explains"))
  }

  @Test func childrenAreRecordedOnlyWhereTheyAreFollowed() throws {
    let folder = try Scratch()
    let (run, trace, _) = try ProgramRecorder.trace(of: "endings", ["fork"], in: folder)
    #expect(trace.count(.store) == 2)
    #expect(run.errors.contains("warning: the program forked"))
    let program = try ProgramRecorder.program("endings", in: folder)
    let both = try ProgramRecorder.record(
      ["-o", "both.fpt", "--pmem", "pm.*", "--follow", "--", program, "pm.img", "fork"],
      in: folder
    )
    #expect(both.status == 0 && !both.errors.contains("the program forked"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    let child = try #require(names.first { $0.hasPrefix("both-") && $0.hasSuffix(".fpt") })
    let stores = try TraceReader.trace(folder.url.appending(path: child).path).trace
      .events.filter(\.kind.isStore)
    #expect(stores.map(\.payload) == [11])
    #expect(stores.map(\.address) == [8])
  }

  @Test func aProgramThatMapsNothingSaysSo() throws {
    let folder = try Scratch()
    let run = try ProgramRecorder.record(["-o", "run.fpt", "--", "/bin/true"], in: folder)
    #expect(run.status == 0)
    #expect(run.errors.contains("warning: no persistent memory was mapped"))
  }

  @Test func aRecordingIsCheckedLikeAnyTrace() throws {
    let folder = try Scratch()
    _ = try ProgramRecorder.trace(of: "endings", ["exit"], in: folder)
    let final = "pm.img=\(folder.url.appending(path: "pm.img").path)"
    let arguments = ["check", "run.fpt", "--final", final, "--", "/bin/true", "{}"]
    let run = try Tool.fencepost.run(arguments, in: folder.url)
    #expect(run.status == 0, "\(run.errors)")
  }
}
