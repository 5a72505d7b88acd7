import ArgumentParser
import FlushTracer
import PersistencyModel
import ReferenceCache

/// The arguments of a command that opens a cache and may change it.
struct RunningArguments: ParsableArguments {
  @OptionGroup var source: ImageArguments

  @Option(help: ArgumentHelp("File or block device behind the cache.", valueName: "file"))
  var origin: String

  @OptionGroup var settings: CacheSettings

  /// Files of the cache as one subject of a sentence.
  var subject: String { source.images.joined(separator: ", ") }

  /// Opens and recovers the cache, which nobody else may have open.
  ///
  /// - Throws: `ToolFailure`; nothing was changed then, unless recovery had begun.
  func open() throws(ToolFailure) -> FileCache {
    var medium = PlainMedium(try source.mappedStack())
    let disk = try FileOrigin(path: origin)
    let options = try settings.applied(to: source.options(on: &medium))
    return try reporting(subject) { () throws(CacheError) in
      try FileCache(opening: medium, over: disk, options: options)
    }
  }

  /// Ends the use of a cache by a commit, or as a killed process does.
  ///
  /// - Throws: `ToolFailure` where something may not have reached the disk.
  func end(_ opened: consuming FileCache, isAbandoned: Bool = false) throws(ToolFailure) {
    var cache = opened
    if isAbandoned { return try cache.abandon().medium.check() }
    cache.suspend()
    let failure = cache.failure
    try cache.abandon().medium.check()
    if let failure { throw ToolFailure(failure, subject: subject) }
  }
}

extension ImageArguments {
  /// The images locked for this process, mapped and joined.
  ///
  /// - Throws: `ToolFailure`.
  func mappedStack() throws(ToolFailure) -> DeviceStack {
    for image in images { _ = try FileLock(image) }
    let described = try addressSpace()
    return try tracing { () throws(TracerError) in
      var regions: [MappedRegion] = []
      for image in images { regions.append(try MappedRegion.open(image)) }
      let parts = regions.map { (name: $0.path, size: UInt64($0.size)) }
      return try DeviceStack(described ?? AddressSpace(joining: parts), over: regions)
    }
  }
}
