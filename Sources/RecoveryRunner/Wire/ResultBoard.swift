/// Shared memory in which the worker leaves what came of a batch, run by run.
///
/// It is written as runs end, so what was completed is known when a library takes its process down.
struct ResultBoard {
  /// Runs in one batch at most.
  static let maximumRuns = 32_768
  /// Bytes of output at most.
  static let maximumOutput = 65_536
  private static let outputOffset = 64
  private static let resultsOffset = outputOffset + maximumOutput
  /// Bytes of the memory.
  static let size = resultsOffset + maximumRuns * 8

  let memory: SharedMemory

  /// Runs of the current batch that have a result.
  var completed: Int { Int(truncatingIfNeeded: memory.observe(at: 0)) }

  /// What the user is to be told, a bit for each notice.
  var notices: UInt64 {
    get { memory.load(at: 8) }
    nonmutating set { memory.store(newValue, at: 8) }
  }

  /// 1 or 2 after a read or write fault inside the image, else 0; at the address `faultCounter`.
  var fault: UInt64 {
    get { memory.load(at: Self.faultOffset) }
    nonmutating set { memory.store(newValue, at: Self.faultOffset) }
  }
  static let faultOffset = 16

  /// Output of the run completed last, or the text of an error.
  var output: [UInt8] {
    get {
      let count = min(Int(memory.load(UInt32.self, at: 24)), Self.maximumOutput)
      return memory.bytes(Self.outputOffset..<(Self.outputOffset + count))
    }
    nonmutating set {
      let kept = Array(newValue.prefix(Self.maximumOutput))
      memory.store(UInt32(kept.count), at: 24)
      memory.copyIn(kept, at: Self.outputOffset)
    }
  }

  /// Forgets the last batch.
  func clear() { memory.publish(0, at: 0) }

  /// The result of the next run.
  func append(_ outcome: RecoveryOutcome) {
    let number = completed
    precondition(number < Self.maximumRuns, "A batch has no more runs than the board has room for")
    memory.store(outcome.encoded, at: Self.resultsOffset + number * 8)
    memory.publish(UInt64(number + 1), at: 0)
  }

  /// Notes that the run completed last wrote to the image.
  func noteWrite() {
    guard completed > 0 else { return }
    var last = outcome(completed - 1)
    last.wroteToImage = true
    memory.store(last.encoded, at: Self.resultsOffset + (completed - 1) * 8)
  }

  /// The result of a run of the current batch.
  func outcome(_ number: Int) -> RecoveryOutcome {
    RecoveryOutcome(encoded: memory.load(at: Self.resultsOffset + number * 8))
  }

  /// Sets the bit of a notice.
  func note(_ notice: RecoveryNotice) { notices |= notice.bit }
}

extension RecoveryNotice {
  /// A bit of its own.
  var bit: UInt64 {
    switch self {
    case .marksPassedInFile: 1
    case .forkServerUnavailable: 2
    case .imagesComparedAfterEveryRun: 4
    }
  }
}

extension RecoveryOutcome {
  /// Value in the upper 32 bits, write flag in bit 8, ending in bits 0 to 7.
  var encoded: UInt64 {
    let (code, value): (UInt64, Int32) =
      switch ending {
      case .good: (0, 0)
      case .bad(let status): (1, status)
      case .killed(let signal): (2, signal)
      case .timedOut: (3, 0)
      case .leftEarly(let status): (4, status)
      }
    return UInt64(UInt32(bitPattern: value)) << 32 | (wroteToImage ? 0x100 : 0) | code
  }

  /// The outcome that encodes so.
  init(encoded: UInt64) {
    let value = Int32(bitPattern: UInt32(truncatingIfNeeded: encoded >> 32))
    let ending: Ending =
      switch encoded & 0xff {
      case 0: .good
      case 1: .bad(status: value)
      case 2: .killed(signal: value)
      case 3: .timedOut
      default: .leftEarly(status: value)
      }
    self.init(ending, wroteToImage: encoded & 0x100 != 0)
  }
}
