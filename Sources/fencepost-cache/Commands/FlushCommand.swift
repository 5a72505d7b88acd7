import ArgumentParser
import ReferenceCache

/// `fencepost-cache flush`.
struct FlushCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flush",
    abstract: "Open the cache, which recovers it, and flush it.",
    discussion: """
      Between two commands nothing is uncommitted, so that this mostly recovers what a killed process left.

      Example:
        fencepost-cache flush cache.pmem --origin disk.img
      """
  )

  @OptionGroup var running: RunningArguments

  func run() throws {
    var cache = try running.open()
    try reporting(running.subject) { () throws(CacheError) in try cache.flush() }
    try running.end(cache)
  }
}
