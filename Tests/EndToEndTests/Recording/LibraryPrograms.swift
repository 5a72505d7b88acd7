import Foundation
import PersistencyModel
import TestSupport
import Testing
import TraceFormat

/// Programs of libpmemobj and of Debian's pmdk-tools, and their recordings.
enum LibraryPrograms {
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

  /// The directory of libpmemobj's examples, which Debian installs as documentation.
  static let examples = "/usr/share/doc/libpmemobj-dev/examples"

  /// Builds the maps of libpmemobj's examples; `edit` changes the source of one of them first.
  static func compileMaps(
    in folder: Scratch,
    editing edited: String,
    _ edit: (String) -> String
  ) throws {
    let maps = ProgramRecorder.source("object-maps").path
    let directories = ["", "map", "hashmap", "tree_map", "list_map"].map { "\(examples)/\($0)" }
    let sources = try directories.dropFirst().flatMap { directory in
      try FileManager.default.contentsOfDirectory(atPath: directory)
        .filter { $0.hasSuffix(".c") && isPartOfMap($0) }.sorted().map { "\(directory)/\($0)" }
    }
    let original = try #require(sources.first { $0.hasSuffix("/" + edited) })
    let text = edit(try String(contentsOfFile: original, encoding: .utf8))
    let own = folder.url.appending(path: edited).path
    try text.write(toFile: own, atomically: true, encoding: .utf8)
    let marks = Repository.path("Sources/CFencepostMarks/include")
    try run(
      ["gcc", "-w", "-O1", "-gdwarf-4", "-I\(maps)", "-I\(marks)"] + directories.map { "-I\($0)" }
        + ["-o", "maps", "\(maps)/object-maps.c", own] + sources.filter { $0 != original }
        + ["-lpmemobj", "-lpmem", "-pthread"],
      in: folder
    )
  }

  /// Others of the same directories are programs of their own.
  private static func isPartOfMap(_ name: String) -> Bool {
    !["mapcli.c", "data_store.c", "kv_server.c"].contains(name)
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
