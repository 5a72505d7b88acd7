import ArgumentParser
import ReferenceCache

/// The options that name the cache's own recovery.
struct CacheArguments: ParsableArguments {
  @Option(help: "Recovery of our own: writecache.")
  var recovery: String?

  @Option(help: "Block size of the cache, in bytes.")
  var blockSize = 4096

  @Option(help: "First 512-byte sector of the cache on its device.")
  var startSector: UInt64 = 0

  @Flag(help: "Recover as the Linux kernel does, known faults included.")
  var kernelFaithful = false

  @Flag(
    help: ArgumentHelp(
      "Writes may have gone around the cache, as with its options cleaner and metadata_only.",
      discussion: "They are promised what the disk under it promises, and are part of no epoch."
    )
  )
  var writesAround = false

  @Option(
    help: ArgumentHelp(
      "Recover as a cache with this defect (fencepost defects), such as S15; may be repeated.",
      valueName: "defect"
    )
  )
  var recoveryDefect: [String] = []

  /// How the cache recovers; `nil` where it is not named.
  func options() throws -> CacheOptions? {
    guard let recovery else { return nil }
    guard recovery == "writecache" else {
      throw ToolFailure.usage("--recovery \(recovery): expected writecache")
    }
    var options = CacheOptions()
    options.blockSize = blockSize
    options.startSector = startSector
    options.isKernelFaithful = kernelFaithful
    // Recovery is the same; the promises are not.
    options.isMetadataOnly = writesAround
    options.defects = CacheDefects(try defects().map { CacheDefects($0) })
    return options
  }

  /// The defects that are named.
  ///
  /// - Throws: a sentence that quotes what is no defect.
  func defects() throws -> [CacheDefect] {
    try recoveryDefect.map { name in
      guard let defect = CacheDefect(named: name) else {
        throw ToolFailure.usage(
          "--recovery-defect \(name): expected S1 to S31, or a name that fencepost defects prints"
        )
      }
      return defect
    }
  }

  /// The options as given, for a command that reproduces.
  var reproduction: [String] {
    var words: [String] = []
    if let recovery { words += ["--recovery", recovery] }
    if blockSize != 4096 { words += ["--block-size", "\(blockSize)"] }
    if startSector != 0 { words += ["--start-sector", "\(startSector)"] }
    if kernelFaithful { words.append("--kernel-faithful") }
    if writesAround { words.append("--writes-around") }
    for defect in recoveryDefect { words += ["--recovery-defect", defect] }
    return words
  }
}
