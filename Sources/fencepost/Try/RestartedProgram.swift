import Foundation

/// The command that starts a recorded program on a crash image.
enum RestartedProgram {
  /// A recorded file and the device that it is in the trace.
  struct File {
    var path: String
    var device: String
  }

  /// The files of a trace that have content.
  static func files(of trace: RecordedTrace) -> [File] {
    let files = trace.conversion.text.files
    return files.indices.compactMap { index in
      guard files[index].size > 0, let device = trace.conversion.layout.deviceName(ofFile: index)
      else { return nil }
      return File(path: files[index].path, device: device)
    }
  }

  /// A program's words with `{DEVICE}` in place of each file.
  ///
  /// - Throws: where a file is not among them, since the program would open the file itself.
  static func words(_ program: [String], _ files: [File]) throws -> [String] {
    var words = program
    for file in files {
      let image = "{\(file.device)}"
      let named = program.indices.dropFirst().filter { names(program[$0], file.path) }
      guard !named.isEmpty else {
        throw ToolFailure.usage(
          "\(file.path) is not named in the program's arguments, so that its second start would open the "
            + "file and no crash image; say with --restart how to start it, {} standing for the file"
        )
      }
      for index in named {
        let option = program[index].firstIndex(of: "=").map { program[index][...$0] }
        words[index] = isFile(program[index], file.path) ? image : "\(option ?? "")\(image)"
      }
    }
    return words
  }

  /// The words of a command line; a shell's where it needs one.
  static func words(_ command: String) -> [String] {
    let needsShell = command.contains { "\"'`$&|;<>()*?\\~#\n".contains($0) }
    return needsShell
      ? ["/bin/sh", "-c", command]
      : command.split(separator: " ").map(String.init)
  }

  /// Whether an argument is the file's path, or `--option=` and the path.
  private static func names(_ argument: String, _ path: String) -> Bool {
    if isFile(argument, path) { return true }
    guard let equals = argument.firstIndex(of: "=") else { return false }
    return isFile(String(argument[argument.index(after: equals)...]), path)
  }

  private static func isFile(_ argument: String, _ path: String) -> Bool {
    guard !argument.isEmpty else { return false }
    let resolved = { URL(fileURLWithPath: $0).resolvingSymlinksInPath().standardizedFileURL.path }
    return resolved(argument) == resolved(path)
  }
}
