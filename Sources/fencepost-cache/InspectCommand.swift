import ArgumentParser
import PersistencyModel
import ReferenceCache

/// `fencepost-cache inspect`.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show superblock, entries and what recovery keeps.",
    discussion: """
      The table is shown as it is on media; entries never used are only counted. Recovery then runs on \
      a private copy. A refused image is shown as far as it can be read, and the exit status is 65.

      Examples:
        fencepost-cache inspect cache.img
        fencepost-cache inspect --start-sector 64 --json cache.img
        fencepost-cache inspect pmem1.img pmem2.img
        fencepost-cache inspect --devices striped:4K:2M,2M pmem1.img pmem2.img
      """
  )

  @OptionGroup var source: ImageArguments

  @Flag(help: "Print JSON; 64-bit numbers from media are decimal strings.")
  var json = false

  func run() throws {
    var medium = try source.medium()
    let options = try source.options(for: &medium)
    let report = try source.refusing { () throws(CacheError) in
      try InspectReport(of: &medium, options: options, images: source.images)
    }
    try medium.check()
    try Output.print(json ? report.json() : report.text)
    if let refusal = report.inspection.refusal {
      throw ToolFailure.malformed("\(source.images.joined(separator: ", ")): \(refusal)")
    }
  }
}
