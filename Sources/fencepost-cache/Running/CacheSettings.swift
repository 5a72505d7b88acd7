public import ArgumentParser
public import ReferenceCache

extension PersistStrategy: ExpressibleByArgument {}

/// The options of the cache that are on no medium: they hold for this run of the program.
struct CacheSettings: ParsableArguments {
  @Option(help: "How stores are made durable.")
  var strategy = PersistStrategy.nonTemporal

  @Option(
    help: ArgumentHelp(
      "A write that makes so many blocks uncommitted commits. Default: 64.",
      valueName: "number"
    )
  )
  var autocommitBlocks: Int?

  /// `options` with these settings.
  ///
  /// - Throws: `ToolFailure.usage`.
  func applied(to options: CacheOptions) throws(ToolFailure) -> CacheOptions {
    var options = options
    options.strategy = strategy
    if let autocommitBlocks {
      guard autocommitBlocks >= 0 else { throw .usage("--autocommit-blocks is at least 0") }
      options.autocommitBlocks = autocommitBlocks
    }
    return options
  }
}
