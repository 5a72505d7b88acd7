internal import CProcess
internal import Glibc

/// Starts the program anew for each run.
final class Spawner {
  let program: String
  let arguments: CStringArray
  private let state: WorkerState
  private let null: Descriptor
  private var environment = CStringArray([])
  /// Variables that tell of the marks passed, and a number that changes with them.
  private(set) var variables: [String] = []
  private(set) var version = -1

  init(_ state: WorkerState) throws(RecoveryRunnerError) {
    self.state = state
    program = state.settings.program
    arguments = CStringArray(state.settings.arguments)
    null = try openFile("/dev/null", O_RDWR)
  }

  /// Brings the variables up to date with the marks.
  func prepareVariables() throws(RecoveryRunnerError) {
    guard version != state.marks.version else { return }
    version = state.marks.version
    let (entries, inFile) = try state.marks.variables()
    if inFile { state.board.note(.marksPassedInFile) }
    variables = entries
    environment = CStringArray(state.settings.environment + entries.filter { $0.contains("=") })
  }

  /// Starts a process of the program; throws `cannotStart`.
  func start(
    environment: CStringArray,
    more: [(ours: Int32, theirs: Int32)] = []
  ) throws(RecoveryRunnerError) -> Int32 {
    let standard: [(ours: Int32, theirs: Int32)] = [
      (null.raw, 0), (state.output.writeEnd.raw, 1), (state.output.writeEnd.raw, 2),
    ]
    let plan = ProcessPlan(
      path: program,
      arguments: arguments,
      environment: environment,
      descriptors: standard + more,
      addressSpace: state.settings.memoryLimit
    )
    let process = plan.start()
    guard process > 0 else {
      throw RecoveryRunnerError(.cannotStart(command: program), errno: -process)
    }
    return process
  }

  /// One run; throws `cannotStart`.
  func run() throws(RecoveryRunnerError) -> RecoveryOutcome.Ending {
    let process = try startOrUseFile()
    let descriptor = try Descriptor(cprocess_descriptor_of(process), call: "pidfd_open")
    state.timer.arm(state.settings.timeLimit)
    let timedOut = !state.wait(for: descriptor.raw)
    // Before the process is reaped nobody else can have its number, nor a group of that number.
    killGroup(process)
    let status = reap(process)
    return timedOut ? .timedOut : outcomeEnding(ofWaitStatus: status)
  }

  private func startOrUseFile() throws(RecoveryRunnerError) -> Int32 {
    do {
      return try start(environment: environment)
    } catch {
      guard error.errno == E2BIG, !state.marks.alwaysUsesFile else { throw error }
      state.marks.useFileFromNowOn()
      try prepareVariables()
      state.images.settle()
      return try start(environment: environment)
    }
  }
}
