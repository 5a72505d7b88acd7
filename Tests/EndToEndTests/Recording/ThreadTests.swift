import Foundation
import PersistencyModel
import TestSupport
import Testing
import TraceFormat

/// Programs of several threads: what each stored, in the order in which it happened.
@Suite(.enabled(if: ProgramRecorder.isAvailable, "\(ProgramRecorder.obstacle ?? "")"))
struct ThreadTests {
  private static let rounds = 100
  /// Where the program's words are.
  private enum Place {
    static let counter: UInt64 = 0
    static let tickets: UInt64 = 64
    static let log: UInt64 = 256
  }

  @Test(arguments: ["locked", "lock-free"], [2, 8])
  func noStoreIsLostAndALineKeepsItsOrder(_ way: String, _ count: Int) throws {
    let folder = try Scratch()
    let (run, trace, summary) = try ProgramRecorder.trace(
      of: "threads",
      [way, "\(count)"],
      in: folder
    )
    #expect(run.status == 0 && summary.isComplete, "\(run.errors)")
    let counter = way == "locked" ? Place.counter : Place.tickets
    let counts = trace.events.filter { $0.kind.isStore && $0.address == counter }.map(\.payload)
    #expect(counts == Array(1...UInt64(count * Self.rounds)))
    let logged = trace.events.filter { $0.kind.isStore && $0.address >= Place.log }
    #expect(logged.count == count * Self.rounds)
    let places = Set(logged.map(\.address))
    #expect(places.count == logged.count)
    for thread in 1...UInt64(count) {
      let own = logged.filter { $0.payload == thread }
      #expect(own.count == Self.rounds && Set(own.map(\.thread)).count == 1)
    }
    let image = try Data(contentsOf: folder.url.appending(path: "pm.img"))
    #expect(trace.replayed(size: image.count) == [UInt8](image))
  }

  @Test func whatIsDerivedFromAStoreThatIsNotDurableIsARace() throws {
    let warnings = try self.warnings(of: ["race"])
    let race = try #require(warnings.first, "no warning")
    #expect(warnings.count == 1, "\(warnings)")
    #expect(race.contains("persistency race: thread 2 read, at derive (threads.c:"), "\(race)")
    #expect(race.contains("what thread 1 stored at publish (threads.c:"), "\(race)")
    #expect(race.contains("its own store at derive (threads.c:"), "\(race)")
  }

  @Test(arguments: [["ordered"], ["locked", "2"]])
  func whatIsDurableBeforeItIsReadIsNone(_ words: [String]) throws {
    #expect(try warnings(of: words).isEmpty)
  }

  @Test func readsDoNotChangeTheTrace() throws {
    let folder = try Scratch()
    let program = try ProgramRecorder.program("threads", in: folder)
    var traces: [Trace] = []
    for options in [[], ["--races"]] {
      let words = ["-o", "run.fpt", "--pmem", "pm.img"] + options
      _ = try ProgramRecorder.record(words + ["--", program, "pm.img", "race"], in: folder)
      traces.append(try TraceReader.trace(folder.url.appending(path: "run.fpt").path).trace)
    }
    #expect(traces[0].events.map(\.kind) == traces[1].events.map(\.kind))
    #expect(traces[0].events.map(\.address) == traces[1].events.map(\.address))
  }

  private func warnings(of words: [String]) throws -> [String] {
    let folder = try Scratch()
    let program = try ProgramRecorder.program("threads", in: folder)
    let options = ["-o", "run.fpt", "--races", "--pmem", "pm.img", "--", program, "pm.img"]
    let run = try ProgramRecorder.record(options + words, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    return run.errors.split(separator: "\n").map(String.init).filter {
      $0.contains("persistency race")
    }
  }
}
