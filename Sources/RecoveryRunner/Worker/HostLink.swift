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
  init(_ library: LibraryChecker, _ state: WorkerState, batch: SharedMemory)
    throws(RecoveryRunnerError)
  {
    let (ours, theirs) = try Channel.pair()
    let child = cprocess_fork()
    guard child >= 0 else { throw RecoveryRunnerError(.systemCall("fork"), errno: errno) }
    if child == 0 { LibraryHost(library, state, batch: batch, channel: theirs).serve() }
    process = child
    channel = ours
    ended = try Descriptor(cprocess_descriptor_of(child), call: "pidfd_open")
  }

  /// Waits for the host's answer; `seen` counts the runs that have ended.
  ///
  /// A library may close the channel in the middle of a call, so only the end of the process is an end.
  func answer(_ state: WorkerState, progress seen: () -> Int) -> HostAnswer {
    var before = seen()
    var quarters = 0
    var isOpen = true
    while quarters <= 4 {
      state.timer.arm(max(state.settings.timeLimit / 4, 1))
      if state.wait(for: isOpen ? channel.descriptor.raw : -1, orFor: ended.raw) {
        if isOpen, let reply = received() { return .reply(reply) }
        if pollReadable([ended.raw], milliseconds: 0)[0] { return .ended }
        isOpen = false
      } else {
        quarters = seen() == before ? quarters + 1 : 0
        before = seen()
      }
    }
    return .hung
  }

  private func received() -> HostReply? {
    guard pollReadable([channel.descriptor.raw], milliseconds: 0)[0] else { return nil }
    return channel.receive(initial: HostReply(code: 0, position: 0))
  }

  /// Ends the host; its wait status.
  @discardableResult func end() -> Int32 {
    killGroup(process)
    return reap(process)
  }
}
