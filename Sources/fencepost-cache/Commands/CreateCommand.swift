import ArgumentParser
import FlushTracer
import PersistencyModel
import ReferenceCache

/// `fencepost-cache create`.
struct CreateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Format a cache, and make its files where there are none.",
    discussion: """
      A file that does not exist is made with --size, or with the size that its device has in --devices or \
      --device-table. A cache is only formatted where magic and version are 0; --force zeroes them first, \
      and what was cached is lost then. Where formatting is refused, no file is left behind that was not \
      there before.

      Examples:
        fencepost-cache create cache.pmem --size 2M --origin disk.img --origin-size 1M
        fencepost-cache create pmem0 pmem1 --devices striped:4K:1M,1M --block-size 512
      """
  )

  @OptionGroup var source: ImageArguments

  @Option(
    help: ArgumentHelp("Bytes of each file to make (K, M, G: powers of 1024).", valueName: "size")
  )
  var size: ByteCount?

  @Option(help: ArgumentHelp("File behind the cache, made where there is none.", valueName: "file"))
  var origin: String?

  @Option(help: ArgumentHelp("Bytes of the origin to make; all zeros.", valueName: "size"))
  var originSize: ByteCount?

  @Option(help: "How stores are made durable.")
  var strategy = PersistStrategy.nonTemporal

  @Flag(help: "Use the kernel's order of stores: a crash inside it may leave what nobody opens.")
  var kernelFaithful = false

  @Flag(help: "Format what is formatted already, or holds something else.")
  var force = false

  func validate() throws {
    guard originSize == nil || origin != nil else {
      throw ValidationError("--origin-size needs --origin")
    }
  }

  func run() throws {
    var plan = try FilePlan(source, size: size)
    if let origin { try plan.add(origin: origin, size: originSize) }
    let options = options
    _ = try source.refusing { () throws(CacheError) in
      let area = try options.area(ofMedium: Int(clamping: plan.space.end))
      return try CacheLayout.formatting(area, blockSize: options.blockSize)
    }
    let made = try plan.make()
    do throws(ToolFailure) {
      let layout = try format(plan.space, options)
      try Output.print(
        "\(source.images.joined(separator: ", ")): \(layout.blockCount) blocks of "
          + "\(layout.blockSize) bytes\n"
      )
    } catch {
      made.remove()
      throw error
    }
  }

  private var options: CacheOptions {
    var options = CacheOptions(
      blockSize: source.blockSize ?? 4096,
      startSector: source.startSector,
      strategy: strategy
    )
    options.isKernelFaithful = kernelFaithful
    return options
  }

  private func format(
    _ space: AddressSpace,
    _ options: CacheOptions
  ) throws(ToolFailure) -> CacheLayout {
    for image in source.images { _ = try FileLock(image) }
    let images = source.images
    let stack = try tracing { () throws(TracerError) in
      var regions: [MappedRegion] = []
      for image in images { regions.append(try MappedRegion.open(image)) }
      return try DeviceStack(space, over: regions)
    }
    var medium = PlainMedium(stack)
    if force { try erase(&medium, options) }
    let layout = try source.refusing { () throws(CacheError) in
      try CacheFormat.format(&medium, options: options)
    }
    try medium.check()
    return layout
  }

  /// Zeroes magic and version, durably, before anything else is changed: a crash leaves a blank device.
  private func erase(_ medium: inout PlainMedium, _ options: CacheOptions) throws(ToolFailure) {
    let base = try source.refusing { () throws(CacheError) in
      try options.area(ofMedium: medium.size).base
    }
    medium.storeNonTemporal(0 as UInt64, at: base)
    medium.fence()
  }
}
