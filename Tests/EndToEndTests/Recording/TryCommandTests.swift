import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: ProgramRecorder.isAvailable, "\(ProgramRecorder.obstacle ?? "")"))
struct TryCommandTests {
  private func attempt(
    _ options: [String] = [],
    on words: [String],
    in folder: Scratch
  ) throws -> (status: Int32, output: String, errors: String) {
    let program = try ProgramRecorder.program("append-log", in: folder)
    let arguments = ["try", "--pmem", "pm.img"] + options + ["--", program] + words
    let run = try ProgramRecorder.run(arguments, in: folder)
    return (run.status, String(decoding: run.output, as: UTF8.self), run.errors)
  }

  @Test(arguments: ["pm.img", "--file=pm.img"])
  func aLogThatPersistsItsRecordsFirstIsConsistent(file: String) throws {
    let folder = try Scratch()
    for start in ["first", "second"] {
      let run = try attempt(on: [file, "correct"], in: folder)
      #expect(run.status == 0, "\(start): \(run.output)\(run.errors)")
      #expect(run.output.contains("consistent"))
    }
    // Two runs of two records: the starts on crash images left the file alone.
    let image = try Data(contentsOf: folder.url.appending(path: "pm.img"))
    #expect(image[0] == 4)
  }

  @Test func aMissingFlushIsFoundWithBothPlaces() throws {
    let folder = try Scratch()
    let run = try attempt(on: ["pm.img", "unflushed"], in: folder)
    #expect(run.status == 1, "\(run.output)\(run.errors)")
    let source = try lines(of: "append-log.c")
    let record = try #require(source.firstIndex { $0.contains("= record(number);") }) + 1
    let counter = try #require(source.firstIndex { $0.contains("= number;") }) + 1
    #expect(run.output.contains("append-log.c:\(record)"), "\(run.output)")
    #expect(run.output.contains("append-log.c:\(counter)"), "\(run.output)")
  }

  @Test(arguments: ["./append-log {} correct", "test -e {} && ./append-log {} correct"])
  func anotherCommandMayStartIt(command: String) throws {
    let folder = try Scratch()
    let run = try attempt(["--restart", command], on: ["pm.img", "unflushed"], in: folder)
    #expect(run.status == 1, "\(run.output)\(run.errors)")
    let good = try attempt(["--restart", "/bin/true {}"], on: ["pm.img", "unflushed"], in: folder)
    #expect(good.status == 0, "\(good.output)\(good.errors)")
  }

  @Test func aFileThatIsNotInTheArgumentsIsRefusedWithAdvice() throws {
    let folder = try Scratch()
    _ = try ProgramRecorder.program("append-log", in: folder)
    let run = try ProgramRecorder.run(
      ["try", "--pmem", "pm.img", "--", "/bin/sh", "-c", "exec ./append-log pm.img correct"],
      in: folder
    )
    #expect(run.status == 64)
    #expect(run.errors.contains("name its file with --pmem") || run.errors.contains("--restart"))
  }

  private func lines(of program: String) throws -> [Substring] {
    let path = ProgramRecorder.source(program)
    return try String(contentsOf: path, encoding: .utf8).split(
      separator: "\n",
      omittingEmptySubsequences: false
    )
  }
}
