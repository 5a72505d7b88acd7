public import ArgumentParser
public import ReferenceCache

extension PersistStrategy: ExpressibleByArgument {}

/// The options of the cache that are on no medium: they hold for this run of the program.
///
/// Names, defaults and limits are the kernel's (dm-writecache reference 2.12).
struct CacheSettings: ParsableArguments {
  @Option(help: "How stores are made durable.")
  var strategy = PersistStrategy.nonTemporal

  @Option(
    help: ArgumentHelp("Used blocks at which write-back begins. Default: 50.", valueName: "percent")
  )
  var highWatermark: Int?

  @Option(
    help: ArgumentHelp("Used blocks at which write-back stops. Default: 45.", valueName: "percent")
  )
  var lowWatermark: Int?

  @Option(help: ArgumentHelp("Most blocks under write-back; 0: no limit.", valueName: "number"))
  var writebackJobs: Int?

  @Option(
    help: ArgumentHelp("Blocks written at which a write commits. Default: 64.", valueName: "number")
  )
  var autocommitBlocks: Int?

  @Option(help: ArgumentHelp("Time until a write is committed. Default: 1000.", valueName: "ms"))
  var autocommitTime: UInt64?

  @Option(
    help: ArgumentHelp("Age at which a block is written back. Default: never.", valueName: "ms")
  )
  var maxAge: UInt64?

  @Flag(help: "Cache nothing new and write everything back.")
  var cleaner = false

  @Flag(help: "Cache only writes that say they are of metadata.")
  var metadataOnly = false

  @Flag(
    name: .customLong("nofua"),
    help: "Flush the origin before blocks are freed, force no write."
  )
  var isUnforced = false

  @Flag(help: "Write everything back at the end.")
  var flushOnSuspend = false

  @Flag(help: "Write back only when a command or a full cache asks for it.")
  var manualWriteback = false

  @Flag(help: "Do what is known to be wrong in the kernel's driver too.")
  var kernelFaithful = false

  @Option(
    help: ArgumentHelp("An intentional defect, such as S3; may be repeated.", valueName: "name")
  )
  var defect: [String] = []

  /// `options` with these settings; their limits are checked when the cache is opened.
  ///
  /// - Throws: `ToolFailure.usage` for an unknown defect.
  func applied(to options: CacheOptions) throws(ToolFailure) -> CacheOptions {
    var options = options
    options.strategy = strategy
    options.highWatermark = highWatermark ?? options.highWatermark
    options.lowWatermark = lowWatermark ?? options.lowWatermark
    options.writeBackJobs = writebackJobs ?? options.writeBackJobs
    options.autocommitBlocks = autocommitBlocks ?? options.autocommitBlocks
    options.autocommitTime = autocommitTime ?? options.autocommitTime
    options.maxAge = maxAge
    options.isCleaner = cleaner
    options.isMetadataOnly = metadataOnly
    options.forcesOriginWrites = !isUnforced
    options.flushesOnSuspend = flushOnSuspend
    options.writeBack = manualWriteback ? .manual : .automatic
    options.isKernelFaithful = kernelFaithful
    for name in defect {
      guard let found = CacheDefect(named: name) else {
        throw .usage("--defect \(name): the defects are S1 to S31")
      }
      options.defects.insert(CacheDefects(found))
    }
    return options
  }
}
