import ArgumentParser
import PersistencyModel
import ReferenceCache

/// `fencepost-cache read`.
struct ReadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read",
    abstract: "Print what a read returns after recovery, as raw bytes.",
    discussion: """
      Sectors are of 512 bytes and count from the start of the origin; they need not be whole blocks. \
      What is not cached comes from the origin: without --origin a sector that is not cached is an error, \
      and nothing is printed.

      Examples:
        fencepost-cache read cache.img --origin origin.img --sector 8 --count 16 | xxd
        fencepost-cache read pmem1.img pmem2.img --origin zeros --sector 0 --count 8 > block.bin
      """
  )

  @OptionGroup var source: ImageArguments

  @Option(help: ArgumentHelp("First 512-byte sector.", valueName: "number"))
  var sector: UInt64

  @Option(help: ArgumentHelp("Number of 512-byte sectors, at least 1.", valueName: "number"))
  var count: UInt64

  @Option(
    help: ArgumentHelp(
      "Image of the origin, or the word zeros for one that is all zeros.",
      valueName: "file"
    )
  )
  var origin: String?

  func validate() throws {
    guard count > 0 else { throw ValidationError("--count is at least 1") }
    // Byte offsets of files are signed 64-bit numbers.
    let last = UInt64(Int64.max) / 512
    guard sector <= last, count <= last - sector else {
      throw ValidationError("--sector and --count reach beyond any disk")
    }
  }

  func run() throws {
    var medium = try source.medium()
    let options = try source.options(for: &medium)
    let content = try OriginContent(argument: origin)
    let state = try recover(&medium, options)
    try medium.check()
    var reader = SectorReader(
      medium: medium,
      state: state,
      blockSize: options.blockSize,
      origin: content
    )
    try reader.write(sector..<(sector + count))
  }

  /// The recovered cache; `nil` for a blank device, on which nothing is cached.
  private func recover(
    _ medium: inout OverlayMedium,
    _ options: CacheOptions
  ) throws(ToolFailure) -> CacheState? {
    do {
      let state = try CacheState.recover(on: &medium, options: options)
      if let identical = state.identicalEntries {
        StandardError.print("fencepost-cache: error state: \(identical); reads go on")
      }
      return state
    } catch {
      guard error.reason != .refused(.blank) else { return nil }
      return try source.refusing { () throws(CacheError) in throw error }
    }
  }
}
