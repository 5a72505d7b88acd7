import ArgumentParser
import ReferenceCache

/// `fencepost-cache discard`.
struct DiscardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discard",
    abstract: "Say that the content of sectors is not needed any more.",
    discussion: """
      First sector and count are multiples of a block. Every cached version is freed; the origin keeps what \
      it has, and a discarded block may show any earlier content until it is written again.

      Example:
        fencepost-cache discard cache.pmem --origin disk.img --sector 8 --count 16
      """
  )

  @OptionGroup var running: RunningArguments

  @Option(help: ArgumentHelp("First 512-byte sector.", valueName: "number"))
  var sector: UInt64

  @Option(help: ArgumentHelp("Number of 512-byte sectors, at least 1.", valueName: "number"))
  var count: UInt64

  func validate() throws {
    guard count > 0 else { throw ValidationError("--count is at least 1") }
    guard count <= .max - sector else {
      throw ValidationError("--sector and --count reach beyond any disk")
    }
  }

  func run() throws {
    var cache = try running.open()
    try reporting(running.subject) { () throws(CacheError) in
      try cache.discard(sector..<(sector + count))
    }
    try running.end(cache)
  }
}
