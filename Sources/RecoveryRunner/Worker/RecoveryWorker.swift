internal import CProcess
internal import Glibc

/// The other process of a `RecoveryRunner`: owns the images, starts checkers, and outlives none of them.
///
/// It is small and has one thread, so that starting processes is cheap; it adopts orphans, so that a
/// checker leaves nothing behind; and it is not in the terminal's process group, so that an interrupt reaches the
/// runner alone. When the runner goes away it kills what runs, removes the images and ends.
public enum RecoveryWorker: Sendable {
  /// The argument by which a program knows that it has been started to be the worker.
  public static let argument = "--recovery-worker"

  /// The worker's descriptors: control channel, batches, results.
  static let controlDescriptor: Int32 = 3
  static let batchDescriptor: Int32 = 4
  static let boardDescriptor: Int32 = 5
  /// Reads of a tracked checker; not open where none is tracked.
  static let trackDescriptor: Int32 = 6
  /// Bytes of a batch.
  static let batchSize = 4 << 20

  /// Whether these arguments ask the program to be the worker: check this first thing in `main`.
  public static func isRequested(by arguments: [String]) -> Bool {
    arguments.count > 1 && arguments[1] == argument
  }

  /// Serves until the runner goes away; the exit status for the process.
  ///
  /// Only a `RecoveryRunner` can start a worker; anybody else gets 64.
  public static func main(arguments: [String]) -> Int32 {
    guard isRequested(by: arguments), isConnected else { return 64 }
    signal(SIGPIPE, SIG_IGN)
    _ = cprocess_adopt_orphans()
    _ = cprocess_limit(0)
    let control = Channel(descriptor: Descriptor(controlDescriptor))
    do {
      let batch = try SharedMemory(of: Descriptor(batchDescriptor), size: batchSize)
      let board = try SharedMemory(of: Descriptor(boardDescriptor), size: ResultBoard.size)
      serve(control, batch, ResultBoard(memory: board))
      return 0
    } catch {
      return 70
    }
  }

  private static var isConnected: Bool {
    [controlDescriptor, batchDescriptor, boardDescriptor].allSatisfy { fcntl($0, F_GETFD) >= 0 }
  }

  private static func serve(_ control: Channel, _ batch: SharedMemory, _ board: ResultBoard) {
    var engine: (any RecoveryEngine)?
    while let length = control.receive(initial: UInt64(0)) {
      var reader = CommandReader(batch, end: Int(length))
      var answer = Reply.done
      board.clear()
      do throws(RecoveryRunnerError) {
        if let engine {
          try engine.execute(&reader)
        } else {
          engine = try makeEngine(WorkerSettings(&reader), board, control)
        }
      } catch {
        let (reply, text) = error.reply
        answer = reply
        board.output = Array(text.utf8)
      }
      guard control.send(answer) else { break }
    }
    // The runner is gone, in good order or not.
    engine?.stop()
  }

  private static func makeEngine(
    _ settings: WorkerSettings,
    _ board: ResultBoard,
    _ control: Channel
  ) throws(RecoveryRunnerError) -> any RecoveryEngine {
    let state = try WorkerState(settings: settings, board: board, control: control)
    if let library = settings.library { return try LibraryEngine(library, state) }
    return try CommandEngine(state)
  }
}

/// A way to run a checker on the images of a batch.
protocol RecoveryEngine: AnyObject {
  /// Executes commands to their end, one result on the board for each run.
  func execute(_ reader: inout CommandReader) throws(RecoveryRunnerError)
  /// Ends what is kept running between batches, and removes the images.
  func stop()
}
