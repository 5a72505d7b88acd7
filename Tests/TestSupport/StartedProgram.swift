import Foundation

/// A child process, started by the C library alone.
///
/// Foundation's `Process` reads directory entries past their end when it looks for open files, and has
/// crashed a run of all tests that way.
struct StartedProgram {
  /// Its process id.
  let id: pid_t

  /// Starts a program on its three streams, which are closed here, with no signal blocked.
  ///
  /// `env` changes the directory: the C library's own call for it is not to be had from Swift.
  init(
    _ path: String,
    _ arguments: [String],
    _ variables: [String: String],
    in directory: String,
    _ streams: [Int32]
  ) throws {
    defer { for stream in streams { close(stream) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in streams.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, stream, Int32(number))
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let env = "/usr/bin/env"
    let words = ([env, "--chdir=\(directory)", path] + arguments).map { strdup($0) } + [nil]
    let environment = variables.sorted { $0.key < $1.key }.map { strdup("\($0)=\($1)") } + [nil]
    defer { for string in words + environment { free(string) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, env, &actions, &attributes, words, environment)
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
    self.id = id
  }

  /// Waits for its end; the status as `waitpid` gives it.
  func waitForEnd() -> Int32 {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0 && errno == EINTR {}
    return status
  }

  /// Opens a file that no other child inherits.
  static func open(_ path: String, _ flags: Int32) throws -> Int32 {
    let file = Foundation.open(path, flags | O_CLOEXEC)
    guard file >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    return file
  }
}
