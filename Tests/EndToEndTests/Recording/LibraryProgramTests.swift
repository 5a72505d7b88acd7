import Foundation
import PersistencyModel
import TestSupport
import Testing
import TraceFormat

/// Programs nobody here wrote: libpmemobj under a list, and the commands of `pmempool`, judged by `pmempool check`.
@Suite(.enabled(if: LibraryPrograms.obstacle == nil, "\(LibraryPrograms.obstacle ?? "")"))
struct LibraryProgramTests {
  private typealias Recording = LibraryPrograms.Recording

  @Test func pushesIntoAListAreConsistent() throws {
    let folder = try Scratch()
    try LibraryPrograms.compileList(in: folder)
    let creation = try Recording(of: ["./list", "pool.pm", "create"], in: folder)
    #expect(creation.trace.count(.mark) == 3 && creation.trace.events.count > 80_000)
    let pushes = try Recording(of: ["./list", "pool.pm"], in: folder)
    #expect(pushes.trace.count(.mark) == 2 && pushes.trace.count(.lockedStore) > 0)
    let check = try pushes.check(["pmempool", "check", "{}"])
    #expect(check.status == 0 && check.text.hasPrefix("verdict: consistent"), "\(check.text)")
  }

  @Test func aForgottenRootIsFoundWithBothPlaces() throws {
    let folder = try Scratch()
    try LibraryPrograms.compileList(["-DFORGETS_ROOT"], in: folder)
    try LibraryPrograms.run(["./list", "pool.pm", "create"], in: folder)
    let pushes = try Recording(of: ["./list", "pool.pm"], in: folder)
    let check = try pushes.check(
      ["./list", "{}", "v"],
      options: ["--crash-within", "pushed", "--max-executions", "20"]
    )
    #expect(check.status == 1, "\(check.text)")
    let source = try String(contentsOf: ProgramRecorder.source("object-list.c"), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    for statement in ["D_RW(root)->count++", "D_RW(root)->head = n"] {
      let line = try #require(source.firstIndex { $0.contains(statement) }) + 1
      #expect(check.text.contains("push (object-list.c:\(line))"), "\(check.text)")
    }
    #expect(check.text.contains("after mark \"pushed\""))
  }

  /// A header of several lines is written over in place; its manual says that this is not safe.
  @Test func aFeatureThatIsToggledMayTearTheHeader() throws {
    let folder = try Scratch()
    try LibraryPrograms.run(
      ["pmempool", "create", "obj", "--layout", "list", "-s", "8M", "pool.pm"],
      in: folder
    )
    let toggling = try Recording(
      of: ["pmempool", "feature", "--disable", "CHECK_BAD_BLOCKS", "pool.pm"],
      in: folder
    )
    // 4 KiB by words, and the checksum once more.
    #expect(toggling.trace.count(.store) == 513 && toggling.trace.count(.sfence) == 1)
    let check = try toggling.check(["pmempool", "check", "{}"])
    #expect(check.status == 1 && check.text.contains("verdict: violated"))
    // The flag without its checksum, and the checksum without the flag.
    #expect(check.text.contains("line 0 at 0x8) may be lost while the store at libpmempool"))
    #expect(check.text.contains("line 63 at 0xff8) may be lost while the store at libpmempool"))
  }

  @Test(arguments: [["log", "-s", "2M"], ["blk", "512", "-s", "17M"]])
  func aPoolThatIsHalfMadeIsRejected(words: [String]) throws {
    let folder = try Scratch()
    let creation = try Recording(of: ["pmempool", "create"] + words + ["pool.pm"], in: folder)
    let check = try creation.check(
      ["pmempool", "check", "{}"],
      options: ["--max-executions", "10"]
    )
    #expect(check.status == 1 && check.text.contains("lost: nothing; the state is the one last"))
    #expect(check.text.contains("after the store at libpmem\(words[0]).so"), "\(check.text)")
  }

  @Test func aRepairMayBeInterruptedAndRepeated() throws {
    let folder = try Scratch()
    try LibraryPrograms.run(["pmempool", "create", "log", "-s", "2M", "pool.pm"], in: folder)
    var pool = try Data(contentsOf: folder.url.appending(path: "pool.pm"))
    // The offset at which the log begins.
    pool.replaceSubrange(4096..<4104, with: [UInt8](repeating: 0, count: 8))
    try pool.write(to: folder.url.appending(path: "pool.pm"))
    let repairing = ["pmempool", "check", "-r", "-y", "-a"]
    let repair = try Recording(of: repairing + ["pool.pm"], in: folder)
    #expect(repair.trace.count(.store) > 100)
    let again = try repair.check(repairing + ["{}"])
    #expect(again.status == 0 && again.text.hasPrefix("verdict: consistent"), "\(again.text)")
    let without = try repair.check(["pmempool", "check", "{}"])
    #expect(without.status == 1, "\(without.text)")
  }

  @Test(arguments: ["info", "check"]) func whatOnlyLooksStoresNothing(command: String) throws {
    let folder = try Scratch()
    try LibraryPrograms.run(["pmempool", "create", "log", "-s", "2M", "pool.pm"], in: folder)
    let look = try Recording(of: ["pmempool", command, "pool.pm"], in: folder)
    #expect(look.trace.events.isEmpty)
    #expect(look.run.errors.contains("there was no store to the mapped files"))
  }
}

/// Programs of libpmemobj and of Debian's pmdk-tools, and their recordings.
private enum LibraryPrograms {
  /// Why they cannot be recorded on this machine; `nil` where they can.
  static let obstacle: String? = {
    if let obstacle = ProgramRecorder.obstacle { return obstacle }
    for (path, package) in [
      ("/usr/include/libpmemobj.h", "libpmemobj-dev"), ("/usr/bin/pmempool", "pmdk-tools"),
    ] where !FileManager.default.fileExists(atPath: path) {
      return "\(path) is missing: install Debian's package \(package)"
    }
    return nil
  }()

  static func compileList(_ options: [String] = [], in folder: Scratch) throws {
    let output = folder.url.appending(path: "list").path
    try ProgramRecorder.compile(
      "object-list",
      ["-gdwarf-4", "-lpmemobj"] + options,
      to: output
    )
  }

  /// Runs a program that nobody records.
  static func run(_ words: [String], in folder: Scratch) throws {
    let run = try Tool.env.run(words, in: folder.url)
    try #require(run.status == 0, "\(run.errors)")
  }

  /// A recording of what a program does to `pool.pm`, which its replay gives.
  struct Recording {
    let run: ToolRun
    let trace: Trace
    private let folder: Scratch
    private let initial: [String]

    init(of words: [String], in folder: Scratch) throws {
      let file = folder.url.appending(path: "pool.pm")
      let before = try? Data(contentsOf: file)
      run = try ProgramRecorder.record(
        ["-o", "run.fpt", "--pmem", "pool.pm", "--"] + words,
        in: folder
      )
      try #require(run.status == 0, "\(run.errors)")
      let read = try TraceReader.trace(folder.url.appending(path: "run.fpt").path)
      (trace, self.folder) = (read.trace, folder)
      let after = try Data(contentsOf: file)
      var replayed = [UInt8](before ?? Data(count: after.count))
      for event in trace.events where event.kind.isStore {
        let begin = Int(event.address)
        replayed.replaceSubrange(begin..<(begin + event.size), with: trace.bytes(of: event))
      }
      #expect(replayed == [UInt8](after) && read.summary.isComplete)
      initial = before == nil ? [] : ["--initial", "pool.pm=run.pool.pm.initial"]
    }

    /// Checks it with a program.
    func check(
      _ words: [String],
      options: [String] = []
    ) throws -> (status: Int32, text: String) {
      let run = try ProgramRecorder.run(
        ["check", "run.fpt"] + initial + options + ["--"] + words,
        in: folder
      )
      let text = String(decoding: run.output, as: UTF8.self)
      return (run.status, text + run.errors)
    }
  }
}
