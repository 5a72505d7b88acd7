internal import PersistencyModel

/// What was asked of a runner and how it becomes batches for the worker.
///
/// A value, so that the path of one run touches no other object than the worker's memory.
struct Submission {
  private var writer: CommandWriter
  private var lines = ChangedLines()
  private var memo: RecoveryMemo?
  private var sentMarks: [String] = []
  var schedule: Schedule
  private(set) var reused = 0
  private let worker: WorkerLink

  init(_ worker: WorkerLink, memo: RecoveryMemo?) {
    self.worker = worker
    self.memo = memo
    writer = CommandWriter(worker.batch)
    schedule = Schedule(keeping: memo?.capacity ?? 0)
  }

  /// Sets a line; `base` is what it was in the beginning.
  mutating func set(_ bytes: LineBytes, image: Int, offset: Int, base: () -> LineBytes) {
    let number = lines.set(bytes, image: image, offset: offset, base: base)
    memo?.set(bytes, line: number, base: lines.lines[number].base)
  }

  mutating func enqueue(_ marks: [String]) throws(RecoveryRunnerError) {
    if let known = memo?.execution(marks: marks) {
      reused += 1
      return schedule.repeatKnown(known)
    }
    if schedule.batchCount + 2 > ResultBoard.maximumRuns { try flush() }
    try sendMarks(marks)
    try sendLines()
    try makeRoom(payload: CommandWriter.size(payload: 0))
    memo?.remember(execution: schedule.executions, marks: marks)
    for _ in 0..<schedule.execute() { writer.run() }
  }

  /// Has everything executed that was not yet.
  mutating func flush() throws(RecoveryRunnerError) {
    guard writer.position > 0 else { return }
    try worker.execute(length: writer.position)
    writer.clear()
    schedule.complete { worker.board.outcome($0) }
  }

  /// Has the batch executed if a command with this payload does not fit any more.
  private mutating func makeRoom(payload: Int) throws(RecoveryRunnerError) {
    if !writer.fits(payload: payload) { try flush() }
  }

  private mutating func sendLines() throws(RecoveryRunnerError) {
    for number in lines.queued {
      guard let line = lines.takeUnsent(number) else { continue }
      try makeRoom(payload: 64)
      writer.patch(image: line.image, offset: line.offset, words: line.current.words)
    }
    lines.clearQueue()
  }

  /// Sends how the list differs from the last one sent: marks mostly come at its end.
  private mutating func sendMarks(_ marks: [String]) throws(RecoveryRunnerError) {
    // Constant time for the same array.
    if marks == sentMarks { return }
    let common = zip(marks, sentMarks).prefix { $0 == $1 }.count
    if common < sentMarks.count {
      try makeRoom(payload: 0)
      writer.keepMarks(common)
    }
    for mark in marks[common...] {
      let text = Array(mark.utf8)
      guard text.count <= 1 << 20 else {
        throw RecoveryRunnerError(.markTooLong(bytes: text.count))
      }
      try makeRoom(payload: text.count)
      writer.appendMark(text)
    }
    sentMarks = marks
  }
}
