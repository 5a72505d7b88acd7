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
