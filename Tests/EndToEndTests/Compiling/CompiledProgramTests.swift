import Foundation
import PersistencyModel
import TestSupport
import Testing
import TraceFormat

@Suite(.enabled(if: CompiledPrograms.isAvailable, "\(CompiledPrograms.obstacle ?? "")"))
struct CompiledProgramTests {
  @Test func aProgramThatIsNotRecordedIsAnOrdinaryOne() throws {
    let folder = try Scratch()
    let program = try CompiledPrograms.compile("endings.c", in: folder)
    for (way, status) in [
      ("exit", Int32(3)), ("threads", 0), ("grow", 0), ("fork", 0), ("kill", -9),
    ] {
      #expect(
        CompiledPrograms.runPlain([program, "plain.img", way], in: folder) == status,
        "\(way)"
      )
    }
  }

  @Test(arguments: [("exit", 3), ("kill", 137), ("abort", 134), ("twice", 0)])
  func theProgramsStatusIsPassedOn(way: String, status: Int32) throws {
    let folder = try Scratch()
    let program = try CompiledPrograms.compile("endings.c", in: folder)
    let (run, trace, summary) = try CompiledPrograms.trace(of: program, [way], in: folder)
    #expect(run.status == status && !run.isSignalled)
    #expect(trace.events.prefix(3).map(\.kind) == [.store, .clwb, .sfence])
    #expect(summary.isComplete)
  }

  @Test(arguments: [("twice", 3), ("grow", 3), ("write", 2), ("threads", 3001)])
  func whatHappensToMappingsIsFollowed(way: String, stores: Int) throws {
    let folder = try Scratch()
    let program = try CompiledPrograms.compile("endings.c", in: folder)
    let (run, trace, summary) = try CompiledPrograms.trace(of: program, [way], in: folder)
    let file = try Data(contentsOf: folder.url.appending(path: "pm.img"))
    #expect(run.status == 0 && summary.isComplete, "\(run.errors)")
    #expect(trace.replayed(size: file.count) == [UInt8](file))
    #expect(trace.events.count { $0.kind.isStore } == stores)
  }

  @Test func whatTheFileHeldBeforeIsKeptBesideTheTrace() throws {
    let folder = try Scratch()
    let program = try CompiledPrograms.compile("endings.c", in: folder)
    _ = try CompiledPrograms.trace(of: program, ["exit"], in: folder)
    let before = try Data(contentsOf: folder.url.appending(path: "pm.img"))
    let (run, trace, _) = try CompiledPrograms.trace(of: program, ["exit"], in: folder)
    #expect(try Data(contentsOf: folder.url.appending(path: "run.pm.img.initial")) == before)
    #expect(run.errors.contains("--initial pm.img=run.pm.img.initial"))
    #expect(trace.bytes(of: trace.events[0]) == [20, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test func childrenAreRecordedOnlyWhereTheyAreFollowed() throws {
    let folder = try Scratch()
    let program = try CompiledPrograms.compile("endings.c", in: folder)
    let (run, trace, _) = try CompiledPrograms.trace(of: program, ["fork"], in: folder)
    #expect(trace.count(.store) == 2)
    #expect(run.errors.contains("warning: the program forked"))
    let both = try CompiledPrograms.fencepost(
      ["record", "-o", "both.fpt", "--pmem", "pm.*", "--follow", "--", program, "pm.img", "fork"],
      in: folder
    )
    #expect(both.status == 0 && !both.errors.contains("the program forked"), "\(both.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    let child = try #require(names.first { $0.hasPrefix("both-") && $0.hasSuffix(".fpt") })
    let stores = try TraceReader.trace(folder.url.appending(path: child).path).trace
      .events.filter(\.kind.isStore)
    #expect(stores.map(\.payload) == [11] && stores.map(\.address) == [8])
  }

  @Test func marksAreInTheTraceWhereTheyWereMade() throws {
    let folder = try Scratch()
    let program = try CompiledPrograms.compile("marks.c", in: folder)
    let (run, trace, _) = try CompiledPrograms.trace(of: program, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(trace.events.map(\.kind) == [.mark, .store, .mark, .store, .mark])
    let last = trace.mark(of: try #require(trace.events.last))
    guard case .label("end: é") = last else {
      Issue.record("\(String(describing: last))")
      return
    }
  }

  @Test(arguments: [false, true])
  func aLibraryThatIsCompiledSoIsSeenTooEvenWhereItIsOpenedLate(isLate: Bool) throws {
    let folder = try Scratch()
    let library = try CompiledPrograms.compile(
      "library.c",
      ["-O2", "-g", "-shared", "-fPIC"],
      to: "liblate.so",
      in: folder
    )
    let linked = isLate ? [] : [library, "-Wl,-rpath,\(folder.url.path)"]
    let program = try CompiledPrograms.compile("uses-library.c", ["-O2"] + linked, in: folder)
    let (run, trace, summary) = try CompiledPrograms.trace(
      of: program,
      isLate ? [library] : [],
      in: folder
    )
    #expect(run.status == 0 && summary.isComplete, "\(run.errors)")
    #expect(trace.events.map(\.payload) == [1, 2, 3])
    #expect(trace.site(trace.events[1].site).description.hasPrefix("store_in_library (library.c:4"))
  }

  @Test(arguments: ["-O0", "-O2"])
  func exceptionsPassThroughFunctionsThatStore(level: String) throws {
    let folder = try Scratch()
    let program = try CompiledPrograms.compile(
      "exceptions.cpp",
      with: "c++",
      [level, "-g"],
      in: folder
    )
    #expect(CompiledPrograms.runPlain([program, "plain.img"], in: folder) == 0)
    let (run, trace, summary) = try CompiledPrograms.trace(of: program, in: folder)
    let file = try Data(contentsOf: folder.url.appending(path: "pm.img"))
    #expect(run.status == 0 && summary.isComplete, "\(run.errors)")
    #expect(trace.replayed(size: file.count) == [UInt8](file))
    #expect(trace.events.prefix(9).map(\.payload) == [107, 106, 105, 104, 103, 102, 101, 100, 9])
  }

  @Test(arguments: ["-Onone", "-O"])
  func storesOfSwiftAreSeen(level: String) throws {
    guard CompiledPrograms.has("swiftc") else { return print("not tried: there is no swiftc") }
    let folder = try Scratch()
    let program = try CompiledPrograms.compile(
      "stores.swift",
      with: "swiftc",
      [level, "-g"],
      in: folder
    )
    #expect(CompiledPrograms.runPlain([program, "plain.img"], in: folder) == 0)
    let (run, trace, summary) = try CompiledPrograms.trace(of: program, in: folder)
    let file = try Data(contentsOf: folder.url.appending(path: "pm.img"))
    #expect(run.status == 0, "\(run.errors)")
    let first = trace.events.prefix(8)
    #expect(first.map(\.payload) == Array(1...8))
    // Unspecialised code of the standard library is not compiled by us, and says so by the comparison.
    if level == "-O" {
      #expect(summary.isComplete, "\(run.errors)")
      #expect(trace.replayed(size: file.count) == [UInt8](file))
    }
  }

  @Test func whatCannotBeRecordedIsRefusedWithASentence() throws {
    let folder = try Scratch()
    let source = try folder.file("a.c", Array("int main(void) { return 0; }\n".utf8)).path
    for (option, words) in [
      ("-flto", "what the linker compiles is not seen"), ("-m32", "only code of 64 bits"),
      ("-static", "without a dynamic loader"), ("-masm=intel", "AT&T syntax"),
    ] {
      let run = try CompiledPrograms.fencepost(["cc", option, source], in: folder)
      #expect(run.status == 64 && run.errors.contains(words), "\(run.errors)")
    }
    let saving = "void f(int *p) { __asm__(\"xsavec (%0)\" :: \"r\"(p)); }\n"
    let unknown = try folder.file("b.c", Array(saving.utf8)).path
    let run = try CompiledPrograms.fencepost(["cc", "-c", unknown], in: folder)
    #expect(run.status != 0 && run.errors.contains("how it stores is not known: xsavec"))
    let allowed = try CompiledPrograms.fencepost(
      ["cc", "-c", unknown],
      in: folder,
      environment: ["FENCEPOST_UNKNOWN": "warn"]
    )
    #expect(
      allowed.status == 0 && allowed.errors.contains("warning: not recorded"),
      "\(allowed.errors)"
    )
  }

  @Test func aProgramThatWasNotCompiledSoSaysThatItsStoresAreNotSeen() throws {
    let folder = try Scratch()
    let program = try ProgramRecorder.program("endings", in: folder)
    let run = try CompiledPrograms.fencepost(
      [
        "record", "--how", "compiled", "-o", "run.fpt", "--pmem", "pm.img", "--", program, "pm.img",
        "exit",
      ],
      in: folder
    )
    #expect(run.status == 3)
    #expect(run.errors.contains("was not compiled by fencepost cc"))
    #expect(run.errors.contains("the trace is marked as not complete"))
  }
}
