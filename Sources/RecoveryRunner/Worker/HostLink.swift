internal import CProcess
internal import Glibc

/// What the worker asks of a library host: run the batch from here.
struct HostRequest: BitwiseCopyable {
  var position: UInt64
  var end: UInt64
}

/// Why a library host stopped running a batch.
struct HostReply: BitwiseCopyable {
  enum Code {
    /// Everything was run (or, before the first request: the library is loaded).
    static let done: UInt32 = 0
    /// The run completed last may have written to an image.
    static let suspectsWrite: UInt32 = 1
    /// The run completed last has left a process behind.
    static let hasStrays: UInt32 = 2
    /// The library cannot be loaded; the text is on the board.
    static let notLoadable: UInt32 = 3
    /// The library has no such symbol; the text is on the board.
    static let noSymbol: UInt32 = 4
  }

  var code: UInt32
  /// Where the host stopped reading commands.
  var position: UInt64
}

/// What came of a request.
enum HostAnswer {
  case reply(HostReply)
  /// The process is gone.
  case ended
  /// One run takes longer than the time limit.
  case hung
}

/// Exit status of a host whose files the library has closed: nobody's finding.
let hostLostItsFiles: Int32 = 97

/// A forked process in which the library is loaded and called.
final class HostLink {
  let process: Int32
  let channel: Channel
  /// Becomes readable when the process ends, even where a child of it keeps its files open.
  private let ended: Descriptor

  /// Forks a host, which serves until told otherwise.
  init(_ library: LibraryChecker, _ state: WorkerState, batch: SharedMemory) throws(RecoveryRunnerError) {
    let (ours, theirs) = try Channel.pair()
    let child = cprocess_fork()
    guard child >= 0 else { throw RecoveryRunnerError(.systemCall("fork"), errno: errno) }
    if child == 0 { LibraryHost(library, state, batch: batch, channel: theirs).serve() }
    process = child
    channel = ours
    ended = try Descriptor(cprocess_descriptor_of(child), call: "pidfd_open")
  }

  /// Waits for the host's answer; `seen` counts the runs that have ended.
  func answer(_ state: WorkerState, progress seen: () -> Int) -> HostAnswer {
    var before = seen()
    var quarters = 0
    while quarters <= 4 {
      state.timer.arm(max(state.settings.timeLimit / 4, 1))
      if state.wait(for: channel.descriptor.raw, orFor: ended.raw) { return received() }
      quarters = seen() == before ? quarters + 1 : 0
      before = seen()
    }
    return .hung
  }

  private func received() -> HostAnswer {
    guard pollReadable([channel.descriptor.raw], milliseconds: 0)[0],
      let reply = channel.receive(initial: HostReply(code: 0, position: 0))
    else { return .ended }
    return .reply(reply)
  }

  /// Ends the host; its wait status.
  @discardableResult func end() -> Int32 {
    killGroup(process)
    return reap(process)
  }
}
