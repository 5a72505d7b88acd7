import ArgumentParser
import PersistencyModel
import ReferenceCache

/// `fencepost-cache status`.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Say how full a cache is, and what its next open has to do.",
    discussion: """
      Nothing is changed: recovery runs on a private copy. A cache in its error state is one whose writes \
      and flushes fail.

      Example:
        fencepost-cache status cache.pmem
      """
  )

  @OptionGroup var source: ImageArguments

  func run() throws {
    for image in source.images { _ = try FileLock(image, isShared: true) }
    var medium = try source.medium()
    let options = try source.options(for: &medium)
    let report = try source.refusing { () throws(CacheError) in
      try InspectReport(of: &medium, options: options, images: source.images)
    }
    try medium.check()
    if let refusal = report.inspection.refusal {
      throw ToolFailure.malformed("\(source.images.joined(separator: ", ")): \(refusal)")
    }
    try Output.print(text(of: report))
  }

  private func text(of report: InspectReport) -> String {
    guard let state = report.recovered else { return "never formatted\n" }
    let layout = state.layout
    let uncommitted = report.count(of: .uncommitted) + report.count(of: .impossible)
    let superseded = report.count(of: .superseded)
    return """
      blocks       \(layout.blockCount) of \(layout.blockSize) bytes
      cached       \(layout.blockCount - state.freeCount)
      free         \(state.freeCount)
      commits      \(state.counter)
      to drop      \(uncommitted) uncommitted, \(superseded) superseded
      error state  \(state.identicalEntries.map { "\($0)" } ?? "no")

      """
  }
}
