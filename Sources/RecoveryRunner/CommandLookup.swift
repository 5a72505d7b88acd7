internal import Glibc

/// Finds programs and libraries the way the system does, before anything is started.
enum CommandLookup {
  /// The path of a program; throws `cannotStart`.
  static func program(_ name: String) throws(RecoveryRunnerError) -> String {
    if name.contains("/") {
      if let failure = obstacle(name) {
        throw RecoveryRunnerError(.cannotStart(command: name), errno: failure)
      }
      return name
    }
    var worst = ENOENT
    let places = (environmentValue("PATH") ?? "/usr/local/bin:/usr/bin:/bin")
    for place in places.split(separator: ":", omittingEmptySubsequences: false) {
      let path = (place.isEmpty ? "." : String(place)) + "/" + name
      guard let failure = obstacle(path) else { return path }
      if failure == EACCES { worst = EACCES }
    }
    throw RecoveryRunnerError(.cannotStart(command: name), errno: worst)
  }

  /// Checks that a file is a shared library for this machine, and returns its absolute path: the dynamic
  /// linker searches elsewhere for a name without a slash.
  static func library(_ path: String) throws(RecoveryRunnerError) -> String {
    let file: Descriptor
    do {
      file = try openFile(path, O_RDONLY)
    } catch {
      throw RecoveryRunnerError(.libraryNotReadable(path: path), errno: error.errno)
    }
    var header = [UInt8](repeating: 0, count: 20)
    // SAFETY: the array has room for its own count.
    let count = unsafe read(file.raw, &header, header.count)
    guard count >= 0 else {
      throw RecoveryRunnerError(.libraryNotReadable(path: path), errno: errno)
    }
    guard count == header.count, header.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else {
      throw RecoveryRunnerError(.notAnELFFile(path: path))
    }
    let machine = UInt16(header[18]) | UInt16(header[19]) << 8
    guard header[4] == 2, header[5] == 1, machine == 62 else {
      throw RecoveryRunnerError(.wrongArchitecture(path: path, machine: machine))
    }
    return path.hasPrefix("/") ? path : "./" + path
  }

  static let forkServerName = "libfencepost-forkserver.so"

  /// The fork server's library: the one named, else beside the program or where it is installed.
  static func forkServer(_ named: String?) -> String? {
    if let named { return obstacle(named, mode: R_OK) == nil ? named : nil }
    guard let program = linkTarget("/proc/self/exe"), let slash = program.lastIndex(of: "/") else {
      return nil
    }
    let directory = program[..<slash]
    return [".", "../lib/fencepost", "../lib"].map { "\(directory)/\($0)/\(forkServerName)" }
      .first { obstacle($0, mode: R_OK) == nil }
  }

  /// Why a file cannot be used, or `nil`: a directory cannot be executed.
  private static func obstacle(_ path: String, mode: Int32 = X_OK) -> Int32? {
    var status = stat()
    // SAFETY: the status outlives the call.
    guard unsafe stat(path, &status) == 0 else { return errno }
    if status.st_mode & S_IFMT == S_IFDIR { return EACCES }
    return unsafe access(path, mode) == 0 ? nil : errno
  }

  private static func linkTarget(_ path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    // SAFETY: the array has room for its own count.
    let count = unsafe buffer.withUnsafeMutableBytes { buffer in
      unsafe readlink(
        path,
        buffer.baseAddress?.assumingMemoryBound(to: CChar.self) ?? .allocate(capacity: 0),
        buffer.count
      )
    }
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }
}

extension CommandChecker {
  /// The arguments with the paths of the images in place of `{}` and `{NAME}`, or at the end.
  func arguments(images: [(name: String, path: String)]) -> [String] {
    var found = false
    var result = [command[0]]
    for argument in command.dropFirst() {
      var text = argument
      if let first = images.first { text = Self.replacing("{}", in: text, by: first.path) }
      for image in images { text = Self.replacing("{\(image.name)}", in: text, by: image.path) }
      if text != argument { found = true }
      result.append(text)
    }
    return found ? result : result + images.map(\.path)
  }

  private static func replacing(_ pattern: String, in text: String, by path: String) -> String {
    text.split(separator: pattern, omittingEmptySubsequences: false).joined(separator: path)
  }
}
