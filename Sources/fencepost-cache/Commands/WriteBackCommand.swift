import ArgumentParser
import ReferenceCache

/// `fencepost-cache writeback`.
struct WriteBackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "writeback",
    abstract: "Write every cached block back to the origin.",
    discussion: """
      The origin alone then holds everything, durably, and the cache is empty.

      Example:
        fencepost-cache writeback cache.pmem --origin disk.img
      """
  )

  @OptionGroup var running: RunningArguments

  func run() throws {
    var cache = try running.open()
    let before = cache.status.freeBlocks
    try reporting(running.subject) { () throws(CacheError) in try cache.writeBack() }
    let freed = cache.status.freeBlocks - before
    try running.end(cache)
    try Output.print("\(running.subject): \(freed) blocks freed\n")
  }
}
