import Foundation
import PersistencyModel
import ReferenceCache
import TraceFormat

/// What a folder of a defect of the reference cache says about its two traces.
struct DefectExpectation: Codable, Hashable, Sendable {
  /// What is expected of one of the traces.
  struct Verdict: Codable, Hashable, Sendable {
    /// `violated`, or `consistent`.
    var verdict: String
    /// The kind of finding; with `incompatibleMedia` another decoder tells, not a crash state.
    var kind: String?
  }

  var name: String
  var slug: String
  var sentence: String
  /// How the cache, and its recovery, make bytes durable.
  var strategy: String
  var blockSize: Int
  var startSector: UInt64
  /// The defects that recovery has on the crash states of `bug.trace.zst`; on the other's it has none.
  var defects: [String]
  var workload: String
  /// Which part of the workload the traces are of, from 1; the next ones follow power cuts.
  var incarnation: Int
  /// Whether it begins with what a crash left: `memory.img`, `origin.img`, and what readers see, `contents.img`.
  var hasImages: Bool
  var bug: Verdict
  var fixed: Verdict
  /// Why no crash state shows the defect.
  var cannotShow: String?
}

/// A defect as a folder: a recording with it and one without, each compressed, and what is expected of them.
struct DefectFolderWriter {
  /// Name of the folder.
  let name: String
  /// What is written, by name of the file; traces are text.
  let expectation: DefectExpectation
  /// The recording with the defect.
  let bug: Trace
  /// The recording of the same steps, from the same beginning, without it.
  let fixed: Trace
  private let start: CacheStart

  /// What is to be written of a result.
  ///
  /// - Throws: where the recording without the defect cannot be made.
  init(_ result: DefectResult) throws {
    guard let incarnation = result.incarnation else {
      preconditionFailure("A defect was run, and so it had an incarnation")
    }
    let defect = result.defect
    let setup = defect.setup
    let places = try StoredPlaces(
      options: setup.options,
      memorySize: incarnation.start.memory.count
    )
    name = defect.folder
    start = incarnation.start
    expectation = DefectExpectation(defect, incarnation)
    bug = incarnation.run.trace.withSites(naming: places)
    fixed = try ScratchDirectory.with { directory in
      try CacheRecorder(defect.mended.setup, in: directory).record(
        incarnation.steps,
        from: incarnation.start,
        firstVersion: incarnation.firstVersion,
        formats: incarnation.number == 1
      )
    }.trace.withSites(naming: places)
  }

  /// Writes a result into a folder of its own in `directory`, which is made where there is none.
  static func write(_ result: DefectResult, into directory: String) throws {
    guard result.isMet else {
      throw ToolFailure.usage("\(result.defect.name): \(result.outcome): not written")
    }
    try DefectFolderWriter(result).write(into: directory)
  }

  private func write(into directory: String) throws {
    let folder = "\(directory)/\(name)"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data(JSONText.of(expectation).utf8).write(to: file(folder, "verdicts.json"))
      if expectation.hasImages {
        try Data(start.memory).write(to: file(folder, "memory.img"))
        try Data(start.origin).write(to: file(folder, "origin.img"))
        try Data(start.contents).write(to: file(folder, "contents.img"))
      }
    } catch let error as CocoaError {
      throw ToolFailure.inputOutput("\(folder): cannot be written: \(error.localizedDescription)")
    }
    try ToolFailure.translating {
      try TraceWriter.write(bug, to: "\(folder)/bug.trace.zst")
      try TraceWriter.write(fixed, to: "\(folder)/fixed.trace.zst")
    }
  }

  private func file(_ folder: String, _ name: String) -> URL {
    URL(fileURLWithPath: "\(folder)/\(name)")
  }
}

extension DefectCase {
  /// The folder that it is written into: the strategy is named where it is not the usual one.
  var folder: String {
    let usual = harmless == nil ? DefectCatalogue.strategy : RouterCatalogue.strategy
    let strategy = setup.options.strategy
    return "\(name)-\(slug)" + (strategy == usual ? "" : "-\(strategy.rawValue)")
  }
}

extension DefectExpectation {
  init(_ defect: DefectCase, _ incarnation: DefectIncarnation) {
    let options = defect.setup.options
    name = defect.name
    slug = defect.slug
    sentence = defect.sentence
    strategy = options.strategy.rawValue
    blockSize = options.blockSize
    startSector = options.startSector
    defects = options.defects.defects.map(\.name)
    workload = defect.workload.description
    self.incarnation = incarnation.number
    hasImages = incarnation.number > 1
    fixed = Verdict(verdict: "consistent")
    switch defect.prediction {
    case .found(let kind): bug = Verdict(verdict: "violated", kind: kind)
    case .cannotShow(let reason):
      bug = fixed
      cannotShow = reason
    }
  }
}
