internal import Glibc

/// A process of the checker that stopped before `main` and forks a child for each run.
///
/// The other side is `CForkServer`, preloaded into the checker.
final class ForkServer {
  /// The numbers and words both sides know; see `forkserver.h`.
  private static let notes: Int32 = 217
  private static let requests: Int32 = 218
  private static let replies: Int32 = 219
  private static let greeting: Int32 = 0x4650_7331
  private static let unchanged: UInt32 = 0xffff_ffff
  private static let variable = "FENCEPOST_FORK_SERVER"

  let process: Int32
  private let state: WorkerState
  private let spawner: Spawner
  private let toServer: Descriptor
  private let fromServer: Descriptor
  private var sentVersion = -1

  /// Starts the program and waits for the greeting; `nil` where none comes.
  init?(_ state: WorkerState, _ spawner: Spawner, library: String) {
    self.state = state
    self.spawner = spawner
    let link = state.settings.directory + "/" + ImageStore.preloadName
    // A path in LD_PRELOAD cannot have a colon or a space: name the library by a link.
    // SAFETY: both paths are valid C strings for the length of the call.
    guard !link.contains(where: { $0 == ":" || $0 == " " }), unsafe symlink(library, link) == 0,
      let requests = try? makePipe(), let replies = try? makePipe()
    else { return nil }
    (toServer, fromServer) = (requests.write, replies.read)
    let notes = state.track?.memory.descriptor
    let environment = Self.environment(
      state.settings.environment,
      preload: link,
      tracks: notes != nil
    )
    guard
      let process = try? spawner.start(
        environment: CStringArray(environment),
        more: [(requests.read.raw, Self.requests), (replies.write.raw, Self.replies)]
          + (notes.map { [($0.raw, Self.notes)] } ?? [])
      )
    else { return nil }
    self.process = process
  }

  /// Whether the program has become a server within the time limit.
  func greets() -> Bool {
    state.timer.arm(state.settings.timeLimit)
    return state.wait(for: fromServer.raw) && reply() == Self.greeting
  }

  /// One run; `nil` when the server is gone or cannot fork.
  func run() -> RecoveryOutcome.Ending? {
    guard request() else { return nil }
    state.timer.arm(state.settings.timeLimit)
    guard state.wait(for: fromServer.raw), let child = reply(), child > 0 else { return nil }
    let timedOut = !state.wait(for: fromServer.raw)
    if timedOut { endChild(child) }
    guard let status = reply() else { return nil }
    return timedOut ? .timedOut : outcomeEnding(ofWaitStatus: status)
  }

  /// The next word of the server; `nil` when it is gone.
  private func reply() -> Int32? { readValue(from: fromServer, initial: Int32(0)) }

  /// A checker may have stopped the server, which is to reap the child.
  private func endChild(_ child: Int32) {
    killGroup(child)
    kill(process, SIGCONT)
  }

  func stop() {
    killGroup(process)
    _ = reap(process)
  }

  /// Asks for a child, with the variables if they have changed.
  private func request() -> Bool {
    guard sentVersion != spawner.version else {
      return writeAll(Self.encoded(Self.unchanged), to: toServer)
    }
    sentVersion = spawner.version
    let entries: [UInt8] = spawner.variables.flatMap { Array($0.utf8) + [0] }
    return writeAll(Self.encoded(UInt32(entries.count)) + entries, to: toServer)
  }

  private static func encoded(_ word: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
  }

  private static func environment(
    _ base: [String],
    preload: String,
    tracks: Bool
  ) -> [String] {
    let prefix = "LD_PRELOAD="
    let theirs =
      base.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) } ?? ""
    let bindsNow = base.contains { $0.hasPrefix("LD_BIND_NOW=") }
    return base.filter { !$0.hasPrefix(prefix) } + [
      prefix + (theirs.isEmpty ? preload : preload + ":" + theirs),
      "\(variable)=\(bindsNow ? 1 : 0)\(tracks ? 1 : 0)\(theirs)",
    ] + (bindsNow ? [] : ["LD_BIND_NOW=1"])
  }
}
