import ArgumentParser
import RecoveryRunner

/// The options that name a recovery and say how it is run.
struct RecoveryArguments: ParsableArguments {
  @Option(help: ArgumentHelp("What must hold in every crash state, as text.", valueName: "file"))
  var assert: String?

  @OptionGroup var cache: CacheArguments

  @Option(help: "Content of the device under the cache; zeros unless given.")
  var origin: String?

  @Option(
    help: ArgumentHelp(
      "Function that checks an image: int f(const char *path) or int g(const void *, size_t).",
      valueName: "file.so:symbol[:path|pointer]"
    )
  )
  var recoveryLibrary: String?

  @Option(
    help: ArgumentHelp(
      "Whether to follow which lines a checker reads: on, off or auto (where possible).",
      discussion:
        "Images that agree on the lines read are one run; every distinct image is otherwise.",
      valueName: "on|off|auto"
    )
  )
  var track = TrackArgument.auto

  @Option(help: "Most time for one run of a checker.")
  var checkerTimeLimit = "10s"

  @Flag(help: "Start every run of a checker anew, without a fork server.")
  var noForkServer = false

  @Argument(parsing: .postTerminator, help: "Checker and its arguments, after --.")
  var checker: [String] = []

  /// Whether recovery sees an image of each device, and not all of them joined.
  var hasImagePerDevice: Bool { cache.recovery == nil && assert == nil }

  /// How a checker that is not ours is run.
  func settings() throws -> RecoverySettings {
    var settings = RecoverySettings()
    let limit = try duration(checkerTimeLimit).components
    settings.timeLimit =
      UInt64(limit.seconds) * 1_000_000_000 + UInt64(limit.attoseconds / 1_000_000_000)
    return settings
  }
}
