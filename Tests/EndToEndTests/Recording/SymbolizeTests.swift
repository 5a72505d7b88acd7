import Foundation
import PersistencyModel
import TestSupport
import Testing
import TraceFormat

/// Functions and lines of what was recorded: at once where they can be known, else later.
@Suite(.enabled(if: ProgramRecorder.isAvailable, "\(ProgramRecorder.obstacle ?? "")"))
struct SymbolizeTests {
  private let folder: Scratch

  init() throws { folder = try Scratch() }

  /// The places of the first store and its flush, as frames.
  private static let store = ["put (places.c:11)", "append (places.c:19)"]
  private static let flush = ["persist (places.c:15)"]

  private func run(_ words: [String]) throws -> ToolRun {
    try ProgramRecorder.run(words, in: folder)
  }

  private func make(_ options: [String], _ output: String = "places") throws {
    try ProgramRecorder.compile("places", options, to: folder.url.appending(path: output).path)
  }

  private func strip(_ words: [String]) throws {
    #expect(ProgramRecorder.command(["strip"] + words, in: folder) == 0)
  }

  private func record(_ options: [String] = [], symbolizer: String? = nil) throws {
    let words = ["-o", "run.trace", "--pmem", "pm.img"] + options
    let recorded = try ProgramRecorder.record(
      words + ["--", "./places", "pm.img"],
      in: folder,
      environment: symbolizer.map { ["FENCEPOST_SYMBOLIZER": $0] } ?? [:]
    )
    #expect(recorded.status == 0, "\(recorded.errors)")
  }

  /// The frames of each event with a place.
  private func places(_ name: String = "run.trace") throws -> [[String]] {
    let trace = try TraceReader.trace(folder.url.appending(path: name).path).trace
    return trace.events.map { trace.site($0.site).frames.map(\.text) }
  }

  @Test(arguments: ["-gdwarf-4", "-gdwarf-5"])
  func linesAreKnownAtOnceWhereTheProgramHasThem(_ form: String) throws {
    try make([form])
    try record()
    let places = try places()
    #expect(places[0] == Self.store && places[1] == Self.flush)
    #expect(places[3] == ["put (places.c:11)", "append (places.c:21)"])
  }

  @Test func framesTellWhoCalled() throws {
    try make(["-g"])
    try record(["--frames", "3"])
    let places = try places()
    #expect(Array(places[0].prefix(3)) == Self.store + ["main (places.c:32)"])
    #expect(places[1] == Self.flush + ["append (places.c:20)", "main (places.c:32)"])
    // The same instruction, called from elsewhere, is another place.
    #expect(places[4] == Self.flush + ["append (places.c:22)", "main (places.c:32)"])
  }

  @Test func aStrippedProgramIsResolvedLaterByItsBuildID() throws {
    try make(["-g", "-Wl,--build-id"], "whole")
    try strip(["-o", "places", "whole"])
    try record()
    let before = try places()
    #expect(before[0].count == 1 && before[0][0].hasPrefix("places+0x"), "\(before[0])")
    let named = try run(["symbolize", "run.trace", "named.trace", "--object", "whole"])
    #expect(named.status == 0, "\(named.errors)")
    #expect(try places("named.trace").prefix(2) == [Self.store, Self.flush])
    #expect(named.errors.contains("places have lines now"))
  }

  @Test func separateDebugInformationIsFoundByBuildID() throws {
    let id = "0123456789abcdef"
    try make(["-g", "-Wl,--build-id=0x\(id)"], "whole")
    try strip(["-o", "places", "whole"])
    let directory = folder.url.appending(path: "symbols/.build-id/01")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try strip(["--only-keep-debug", "-o", "symbols/.build-id/01/\(id.dropFirst(2)).debug", "whole"])
    try record()
    let named = try run([
      "symbolize", "run.trace", "named.fpt", "--debug-directory", "symbols",
    ])
    #expect(named.status == 0, "\(named.errors)")
    #expect(try places("named.fpt").prefix(2) == [Self.store, Self.flush])
  }

  @Test func anotherBuildIsNotUsed() throws {
    try make(["-Wl,--build-id"])
    try record(symbolizer: "none")
    try make(["-g", "-O2", "-Wl,--build-id"], "other")
    let named = try run(["symbolize", "run.trace", "named.trace", "--object", "other"])
    #expect(named.status == 1)
    #expect(named.errors.contains("no file of build id"), "\(named.errors)")
    let output = folder.url.appending(path: "named.trace").path
    #expect(!FileManager.default.fileExists(atPath: output))
  }

  @Test func eventsStayAsTheyWere() throws {
    try make(["-g"])
    try record(["--frames", "2"], symbolizer: "none")
    let named = try run(["symbolize", "run.trace", "named.trace"])
    #expect(named.status == 0, "\(named.errors)")
    let url = folder.url
    let before = try TraceReader.trace(url.appending(path: "run.trace").path).trace
    let after = try TraceReader.trace(url.appending(path: "named.trace").path).trace
    #expect(before.events.map(\.kind) == after.events.map(\.kind))
    #expect(before.events.map(\.payload) == after.events.map(\.payload))
    let again = try run(["symbolize", "named.trace", "again.trace"])
    #expect(again.status == 0)
  }

  /// What calls return to may belong to the next line.
  @Test func returnAddressesAreOfTheCallBefore() throws {
    try make(["-g"])
    try record(["--frames", "2"], symbolizer: "none")
    let trace = try TraceReader.trace(folder.url.appending(path: "run.trace").path).trace
    let caller = try #require(trace.site(trace.events[1].site).frames.last)
    let address = try #require(caller.address) + 1
    for (source, line) in [("native", 20), ("text", 21)] {
      let text =
        "FENCEPOST;1\nSOURCE;\(source)\nDEVICE;pm;0x1000;0x0;adr\n"
        + "SEGMENT;0x0;0x1000;linear;pm+0x0\n"
        + "STORE;0x0;0x1;0x8;t;0x1: append (places+0x\(String(address, radix: 16)))\n"
      try text.write(
        to: folder.url.appending(path: "hand.trace"),
        atomically: true,
        encoding: .utf8
      )
      let named = try run(["symbolize", "hand.trace", "named.trace", "--object", "places"])
      #expect(named.status == 0, "\(named.errors)")
      #expect(try places("named.trace")[0].last == "append (places.c:\(line))", "\(source)")
    }
  }

  @Test func whatCannotBeIsSaid() throws {
    try make(["-g"])
    try record(symbolizer: "none")
    let cases: [([String], Int32, String)] = [
      (["-", "named.trace"], 64, "name a file, not standard input"),
      (["run.trace", "named"], 64, "says which form is written"),
      (["run.trace", "named.trace", "--object", "missing"], 64, "missing: is not there"),
      (["missing.trace", "named.trace"], 74, "missing.trace"),
    ]
    for (words, status, sentence) in cases {
      let run = try run(["symbolize"] + words)
      #expect(run.status == status && run.errors.contains(sentence), "\(words): \(run.errors)")
    }
    let without = try ProgramRecorder.run(
      ["symbolize", "run.trace", "named.trace"],
      in: folder,
      environment: ["FENCEPOST_SYMBOLIZER": "none"]
    )
    #expect(without.status == 74 && without.errors.contains("addr2line"))
  }
}
