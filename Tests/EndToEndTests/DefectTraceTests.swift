import Checker
import Foundation
import PersistencyModel
import ReferenceCache
import TestSupport
import Testing
import TraceFormat

@testable import fencepost

/// The folders of `traces/defects/cache`: each has the verdict that it says, and is what the command
/// records.
@Suite struct DefectTraceTests {
  private static let written = Result {
    try (DefectCatalogue.named([]) + DefectCatalogue.otherwise()).map {
      try DefectFolderWriter($0.examined())
    }
  }

  @Test func thereIsAFolderForEachDefect() throws {
    let names = try Self.written.get().map(\.name)
    #expect(Set(names).count == names.count && names.count >= 28 + 16)
    #expect(DefectTraceFolder.all.map(\.name) == names.sorted())
  }

  @Test func recordingAgainGivesTheSameBytes() throws {
    for again in try Self.written.get() {
      let folder = DefectTraceFolder(name: again.name)
      #expect(try folder.expectation == again.expectation, "\(again.name)")
      for (file, trace) in [("bug", again.bug), ("fixed", again.fixed)] {
        let scratch = try Scratch()
        let path = scratch.path("\(file).trace")
        try TraceWriter.write(trace, to: path)
        let stored = try folder.bytes("\(file).trace.zst")
        #expect(
          FileManager.default.contents(atPath: path).map(Array.init) == stored,
          "\(again.name)"
        )
      }
    }
  }

  @Test(arguments: DefectTraceFolder.all)
  func eachTraceHasTheVerdictThatItsFolderSays(_ folder: DefectTraceFolder) throws {
    let expected = try folder.expectation
    let bug = try folder.kinds(of: "bug", defects: expected.defects)
    if let kind = expected.bug.kind {
      #expect(expected.bug.verdict == "violated" && bug.contains(kind), "\(bug)")
    } else {
      #expect(expected.bug.verdict == "consistent" && bug.isEmpty, "\(bug)")
      #expect(expected.cannotShow?.isEmpty == false)
    }
    #expect(expected.fixed.verdict == "consistent")
    let fixed = try folder.kinds(of: "fixed", defects: [])
    #expect(fixed.isEmpty, "\(fixed)")
  }

  @Test func theListHasARowForEachFolder() throws {
    let list = try String(
      contentsOfFile: Repository.path("traces/defects/cache/README.md"),
      encoding: .utf8
    )
    let rows = list.split(separator: "\n").filter { $0.hasPrefix("| [") }.map(String.init)
    #expect(try rows.sorted() == DefectTraceFolder.all.map { try $0.row }.sorted())
  }

  @Test func theCommandsOfTheListSayWhatItSays() throws {
    let cache = ["--recovery", "writecache", "--block-size", "512", "--start-sector", "4"]
    let folder = "traces/defects/cache/"
    for (arguments, status) in [
      (["S2-no-fence-after-counter/bug.trace.zst"], 1),
      (["S2-no-fence-after-counter/fixed.trace.zst"], 0),
      (["S14-oldest-version-wins/bug.trace.zst", "--recovery-defect", "S14"], 1),
      (["S14-oldest-version-wins/fixed.trace.zst"], 0),
      (["RT3-first-device/fixed.trace.zst", "--routing", "first-device"], 1),
      (["RT3-first-device/bug.trace.zst", "--routing", "correct"], 0),
    ] {
      let path = Repository.path(folder + arguments[0])
      let run = try Tool.fencepost.run(["check", path] + arguments.dropFirst() + cache)
      #expect(run.status == status, "\(arguments): \(run.text)\(run.errors)")
    }
  }
}

/// A folder of `traces/defects/cache`.
struct DefectTraceFolder: CustomTestStringConvertible, Sendable {
  let name: String

  var testDescription: String { name }

  private static let root = Repository.path("traces/defects/cache")

  static let all: [DefectTraceFolder] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return names.filter { !$0.hasSuffix(".md") }.sorted().map { DefectTraceFolder(name: $0) }
  }()

  private func path(_ file: String) -> String { "\(Self.root)/\(name)/\(file)" }

  /// The bytes of a file, decompressed.
  func bytes(_ file: String) throws -> [UInt8] {
    try DecodedFile.bytes(ofFile: path(file), limit: 1 << 24)
  }

  var expectation: DefectExpectation {
    get throws {
      try JSONDecoder().decode(DefectExpectation.self, from: Data(bytes("verdicts.json")))
    }
  }

  /// What the list says of it.
  var row: String {
    get throws {
      let expected = try expectation
      let workload = expected.workload.isEmpty ? "format" : expected.workload
      let kind = expected.bug.kind.map { "`\($0)`" } ?? "consistent"
      return "| [\(name)](\(name)) | \(expected.sentence) | \(workload) | \(kind) |"
    }
  }

  /// The kinds found in one of its traces, by a recovery with these defects.
  func kinds(of file: String, defects: [String]) throws -> Set<String> {
    let expected = try expectation
    let strategy = try #require(PersistStrategy(rawValue: expected.strategy))
    var options = CacheOptions(
      blockSize: expected.blockSize,
      startSector: expected.startSector,
      strategy: strategy
    )
    for name in defects {
      options.defects.insert(CacheDefects(try #require(CacheDefect(named: name))))
    }
    let trace = try TraceReader.trace(path("\(file).trace.zst"), options: TraceReader.Options())
      .trace
    let space = try #require(trace.header.addressSpace)
    let setup = CacheSetup(options: options, layout: space, originBlocks: 0)
    let start = try beginning(setup, hasImages: expected.hasImages)
    let run = CacheRun(
      trace: trace,
      initial: MemoryImage(
        bytes: start.memory + [UInt8](repeating: 0, count: Int(setup.origin.end))
      ),
      stepStarts: [0],
      failure: nil
    )
    let check = WorkloadCheck(nestedDepth: .max)
    let reports = check.reports(try check.subject(run, from: start, setup: setup))
    var kinds = Set(reports.flatMap(\.findings).map(\.violation.kind))
    // What is found is found, whatever was left undecided beside it.
    #expect(!kinds.isEmpty || reports.allSatisfy { WorkloadTotals.doubts(of: $0).isEmpty })
    let isRead = MediaDecoder.agrees(
      with: run,
      options: options,
      memorySize: start.memory.count
    )
    if expected.bug.kind == "incompatibleMedia", !isRead { kinds.insert("incompatibleMedia") }
    return kinds
  }

  private func beginning(_ setup: CacheSetup, hasImages: Bool) throws -> CacheStart {
    guard hasImages else {
      let origin = [UInt8](repeating: 0, count: setup.blockCount * setup.options.blockSize)
      return CacheStart(
        memory: [UInt8](repeating: 0, count: Int(setup.space.end)),
        origin: origin,
        contents: origin
      )
    }
    return CacheStart(
      memory: try bytes("memory.img"),
      origin: try bytes("origin.img"),
      contents: try bytes("contents.img")
    )
  }
}
