/// A checker found and looked at before any process is started for it.
struct CheckerLaunch {
  private enum Kind {
    case command(CommandChecker, program: String, forkServer: String?)
    case library(LibraryChecker)
  }

  private let kind: Kind
  private let settings: RecoverySettings

  /// Throws when the program or library is not there or not usable.
  init(
    _ checker: ExternalChecker,
    imageCount: Int,
    _ settings: RecoverySettings
  ) throws(RecoveryRunnerError) {
    self.settings = settings
    switch checker {
    case .command(let command):
      let program = try CommandLookup.program(command.command[0])
      let server =
        command.usesForkServer ? CommandLookup.forkServer(settings.forkServerLibrary) : nil
      kind = .command(command, program: program, forkServer: server)
    case .library(var library):
      if library.form == .pointer, imageCount > 1 {
        throw RecoveryRunnerError(.pointerFormTakesOneImage)
      }
      library.path = try CommandLookup.library(library.path)
      kind = .library(library)
    }
  }

  /// Whether the fork server is wanted and its library is not there.
  var lacksForkServer: Bool {
    if case .command(let command, _, nil) = kind { return command.usesForkServer }
    return false
  }

  /// Writes everything the worker needs to know.
  func write(
    to writer: inout CommandWriter,
    directory: PrivateDirectory,
    images: [RecoveryImage],
    track: TrackBoard?
  ) {
    let isOurs: (String) -> Bool = { variable in
      PassedMarks.names.contains { variable.hasPrefix($0 + "=") }
    }
    writer.settings(
      directory: directory.path,
      imageSizes: images.map(\.bytes.count),
      limits: settings,
      environment: ownEnvironment().filter { !isOurs($0) }
    )
    if let track { writer.number(.trackSize, UInt64(track.memory.size)) }
    switch kind {
    case .command(let command, let program, let server):
      let paths = images.indices.map { (name: images[$0].name, path: directory.imagePath($0)) }
      writer.text(.program, program)
      for argument in command.arguments(images: paths) { writer.text(.argument, argument) }
      if let server { writer.text(.forkServerLibrary, server) }
    case .library(let library):
      writer.text(.library, library.path)
      writer.text(.symbol, library.symbol)
      writer.text(.form, library.form.rawValue)
    }
  }
}
