import ArgumentParser
import Checker
import FlushTracer
import Foundation
import PersistencyModel
import ReferenceCache

/// `fencepost defects`: runs every defect of the cache on the smallest workload that shows it.
struct DefectsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "defects",
    abstract:
      "Run the cache with each of its defects, and on each faulty router, and say whether it is found as predicted.",
    discussion: """
      Each defect (S1 to S31) and each faulty router (RT1 to RT13) runs on the smallest workload known to
      show it, recorded from format on; after a power cut on every state that it may leave. Those that no
      crash state shows must be consistent, and so must a faulty router on a layout where it does no harm.

      Example:
        fencepost defects S3 S15
        fencepost defects RT3 first-disk --json
        fencepost defects --levels
        fencepost defects --write-traces traces/defects/cache

      Exit status: 0 every prediction is met, 1 some is not.
      """
  )

  @Argument(help: "Names such as S3, RT7 or no-fence-after-free; all unless given.")
  var names: [String] = []

  @Option(
    help: """
      How the cache makes bytes durable: \(PersistStrategy.names); unless given, \
      \(DefectCatalogue.strategy.rawValue), and over faulty routers \(RouterCatalogue.strategy.rawValue).
      """
  )
  var strategy: String?

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Explore each at every level, and print how often recovery ran side by side.")
  var levels = false

  @Flag(help: "Leave out how long each took.")
  var withoutTimes = false

  @Option(
    help: ArgumentHelp(
      "Also write each as a pair of traces with what is expected of them.",
      discussion: "Where none is named, those too that another strategy shows or hides.",
      valueName: "directory"
    )
  )
  var writeTraces: String?

  func run() throws {
    Interruption.listen()
    let strategy = try chosenStrategy()
    if levels { return try printLevels(strategy) }
    var cases = try DefectCatalogue.named(names, strategy)
    if writeTraces != nil, names.isEmpty, strategy == nil {
      cases += try DefectCatalogue.otherwise()
    }
    let results = try cases.map { try $0.examined() }
    if let writeTraces {
      for result in results { try DefectFolderWriter.write(result, into: writeTraces) }
    }
    if json {
      print(try JSONText.of(DefectJSON(results)), terminator: "")
    } else {
      print(DefectTable(results: results, showsTime: !withoutTimes).text, terminator: "")
    }
    if !results.allSatisfy(\.isMet) { throw ExitCode(1) }
  }

  private func chosenStrategy() throws -> PersistStrategy? {
    guard let strategy else { return nil }
    guard let chosen = PersistStrategy(rawValue: strategy) else {
      throw ToolFailure.usage("--strategy \(strategy): expected one of \(PersistStrategy.names)")
    }
    return chosen
  }

  private func printLevels(_ strategy: PersistStrategy?) throws {
    if json || withoutTimes || writeTraces != nil {
      throw ToolFailure.usage(
        "--levels prints a table without times and no more: leave out the others"
      )
    }
    let levels = try DefectCatalogue.named(names, strategy).map { defect in
      try ScratchDirectory.with { try DefectLevels(defect, in: $0) }
    }
    print(DefectLevelTable(levels: levels).text, terminator: "")
    if !levels.allSatisfy(\.agree) { throw ExitCode(1) }
  }
}

extension PersistStrategy {
  /// All of them, as the command line calls them.
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

/// A directory for device files that is gone afterwards.
enum ScratchDirectory {
  /// Makes one, gives its path to `body`, and removes it with all that is in it.
  static func with<Result>(_ body: (String) throws -> Result) throws -> Result {
    let temporary = FileManager.default.temporaryDirectory
    return try with(
      temporary.appendingPathComponent("fencepost-\(UUID().uuidString)").path,
      body
    )
  }

  /// Makes the directory `path`, gives it to `body`, and removes it with all that is in it.
  static func with<Result>(_ path: String, _ body: (String) throws -> Result) throws -> Result {
    let manager = FileManager.default
    do {
      try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw ToolFailure.inputOutput("\(path): cannot be created: \(error.localizedDescription)")
    }
    defer { try? manager.removeItem(atPath: path) }
    do { return try body(path) } catch let error as TracerError {
      throw ToolFailure.inputOutput(error.description)
    }
  }
}
