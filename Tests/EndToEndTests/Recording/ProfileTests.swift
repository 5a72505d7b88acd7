import Foundation
import TestSupport
import Testing

@testable import fencepost

/// What `--json` writes, as far as the tests look.
private struct Profile: Decodable {
  struct Counts: Decodable, Equatable {
    var calls: Int
    var bytes = 0
    var lines = 0
    var linesAgain = 0
    var fences = 0
    var idleFences = 0
  }

  struct Frame: Decodable {
    var module: String?
    var functions: [String]
  }

  struct Row: Decodable {
    var function: String
    var stack: [Frame]
    var counts: Counts
  }

  struct Mapping: Decodable {
    var path: String
    var bytes: Int
    var isByLibpmem: Bool
    var isPersistentMemory: Bool
  }

  var isCheckable: Bool
  var limits: [String]
  var programs: [String]
  var processes: Int
  var threads: Int
  var rows: [Row]
  var total: Counts
  var mappings: [Mapping]
  var unmappings: Int
  var unfencedLines: Int

  func counts(of function: String) -> Counts? { rows.first { $0.function == function }?.counts }
}

@Suite(.enabled(if: ProgramRecorder.hasProfile, "make recorder says why"))
struct ProfileTests {
  /// Profiles `libpmem-calls`, which has frame pointers.
  private func run(
    _ way: String,
    _ options: [String],
    in folder: Scratch,
    environment: [String: String] = [:]
  ) throws -> ToolRun {
    let program = folder.url.appending(path: "libpmem-calls").path
    try ProgramRecorder.compile(
      "libpmem-calls",
      ["-gdwarf-4", "-fno-omit-frame-pointer", "-Wl,--no-as-needed", "-lpmem"],
      to: program
    )
    return try ProgramRecorder.run(
      ["record", "--profile"] + options + ["--", program, "pm.img", way],
      in: folder,
      environment: environment
    )
  }

  private func profile(
    _ way: String,
    in folder: Scratch,
    endingWith status: Int32 = 0
  ) throws -> Profile {
    let run = try run(way, ["--json", "-o", "profile.json"], in: folder)
    #expect(run.status == status, "\(run.errors)")
    let data = try Data(contentsOf: folder.url.appending(path: "profile.json"))
    return try JSONDecoder().decode(Profile.self, from: data)
  }

  @Test func callsAreCountedByFunctionAndNotThoseWithinLibpmem() throws {
    let profile = try profile("calls", in: Scratch())
    #expect(profile.counts(of: "pmem_persist") == .init(calls: 3, bytes: 600, lines: 12, fences: 3))
    #expect(
      profile.counts(of: "pmem_flush") == .init(calls: 2, bytes: 128, lines: 2, linesAgain: 1)
    )
    #expect(profile.counts(of: "pmem_drain") == .init(calls: 2, fences: 2, idleFences: 1))
    #expect(
      profile.counts(of: "pmem_memcpy_persist") == .init(calls: 1, bytes: 256, lines: 4, fences: 1)
    )
    #expect(profile.counts(of: "pmem_memset") == .init(calls: 1, bytes: 128))
    #expect(profile.counts(of: "pmem_memcpy") == .init(calls: 1, bytes: 64, lines: 1))
    #expect(profile.counts(of: "pmem_memmove_nodrain") == .init(calls: 1, bytes: 130, lines: 3))
    #expect(profile.counts(of: "pmem_msync") == .init(calls: 1, bytes: 100))
    #expect(profile.rows.count == 8 && profile.total.calls == 12)
    #expect(profile.unfencedLines == 4)
  }

  @Test func mappedFilesAreTold() throws {
    let folder = try Scratch()
    let profile = try profile("calls", in: folder)
    #expect(profile.mappings.map { URL(filePath: $0.path).lastPathComponent } == ["pm.img"])
    #expect(profile.mappings.allSatisfy { $0.isByLibpmem && $0.isPersistentMemory })
    #expect(profile.mappings.map(\.bytes) == [1 << 20])
    #expect(profile.unmappings == 1)
  }

  @Test func threadsLoseNoCall() throws {
    let profile = try profile("threads", in: Scratch())
    #expect(
      profile.total == .init(calls: 4000, bytes: 32000, lines: 4000, fences: 4000)
    )
    #expect(profile.threads == 4 && profile.unfencedLines == 0)
  }

  @Test func aKilledProgramLosesNoCallAndItsStatusIsPassedOn() throws {
    let profile = try profile("kill", in: Scratch(), endingWith: 137)
    #expect(profile.total == .init(calls: 100, bytes: 800, lines: 100, fences: 100))
  }

  @Test func forkedChildrenCountTogetherWithTheirParents() throws {
    let profile = try profile("fork", in: Scratch())
    #expect(profile.total.calls == 11 && profile.processes == 2)
  }

  @Test func programsThatAreExecutedAreAddedSiteBySite() throws {
    let profile = try profile("exec", in: Scratch())
    #expect(profile.total.calls == 12 && profile.processes == 3)
    #expect(profile.programs.count == 1)
  }

  @Test func sitesAreFunctionsAndLinesWithTheirCallers() throws {
    guard Symbolizer(environment: ProcessInfo.processInfo.environment).isAvailable else { return }
    let profile = try profile("calls", in: Scratch())
    let row = try #require(profile.rows.first { $0.function == "pmem_persist" })
    let frames = row.stack.flatMap(\.functions)
    #expect(frames.first?.hasPrefix("persist_record (libpmem-calls.c:") == true, "\(frames)")
    #expect(frames.contains { $0.hasPrefix("main (libpmem-calls.c:") }, "\(frames)")
  }

  @Test func withoutASymbolizerSitesAreModuleAndOffset() throws {
    let folder = try Scratch()
    let environment = ["FENCEPOST_SYMBOLIZER": "none"]
    let first = try run("calls", ["-o", "first.txt"], in: folder, environment: environment)
    let second = try run("calls", ["-o", "second.txt"], in: folder, environment: environment)
    #expect(first.status == 0 && second.status == 0)
    let text = try String(contentsOf: folder.url.appending(path: "first.txt"), encoding: .utf8)
    let again = try String(contentsOf: folder.url.appending(path: "second.txt"), encoding: .utf8)
    #expect(text == again)
    let row = try #require(text.split(separator: "\n").first { $0.contains("pmem_flush ") })
    #expect(row.contains("libpmem-calls+0x"))
  }

  @Test func theTableSaysThatItCannotBeChecked() throws {
    let folder = try Scratch()
    let run = try run("calls", [], in: folder)
    #expect(run.errors.contains("no store") && run.errors.contains("nothing here can be checked"))
    let profile = try profile("calls", in: folder)
    #expect(!profile.isCheckable && profile.limits.joined().contains("no store"))
    let check = try Tool.fencepost.run(
      ["check", "profile.json", "--", "/bin/true"],
      in: folder.url
    )
    #expect(check.status == 65)
  }

  @Test func aProgramWithoutCallsIsWarnedOfAndItsStatusPassedOn() throws {
    let run = try run("none", [], in: Scratch())
    #expect(run.status == 5)
    #expect(run.errors.contains("no call of libpmem was seen"))
  }

  @Test(arguments: [["--follow"], ["--pmem", "x"], ["--races"], ["--frames", "2"]])
  func optionsOfARecordingAreRefused(options: [String]) throws {
    let run = try run("none", options, in: Scratch())
    #expect(run.status == 64 && run.errors.contains("do not go with it"))
  }
}
