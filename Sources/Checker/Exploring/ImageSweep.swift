public import PersistencyModel

/// The images of one crash point as a product of line contents, to be gone through one by one.
public struct ImageSweep: Sendable {
  /// Lines with more than one content.
  public let lines: [CacheLine]
  /// Contents of each line, the one that keeps everything first.
  public let contents: [[LineBytes]]
  /// Whether a content needs a store issued since the previous crash point.
  public let isNew: [[Bool]]
  /// Whether images without any new content are passed over: an earlier crash point had them.
  public let skipsOlder: Bool
  /// The period, as `ImageRecovery.run(period:)` is told.
  public let period: Int

  /// A sweep; the three lists run in parallel and every line has at least two contents.
  public init(
    lines: [CacheLine],
    contents: [[LineBytes]],
    isNew: [[Bool]],
    skipsOlder: Bool,
    period: Int
  ) {
    self.lines = lines
    self.contents = contents
    self.isNew = isNew
    self.skipsOlder = skipsOlder
    self.period = period
  }
}

extension ImageRecovery {
  /// Runs on every image of a sweep, beginning with the one that keeps everything, which is shown already.
  ///
  /// Neighbours differ in one line, so that a step costs one line copy and one run. Inlined into the
  /// conforming type's module, where it is specialised: no allocation, no lock, no hashing a step.
  ///
  /// - Parameters:
  ///   - sweep: the images.
  ///   - visit: called for the first image and whenever the outcome differs from the one before, with
  ///     the outcome, the position of each line's content, and the runs so far; returns whether to go on.
  /// - Returns: how often it ran.
  @inlinable public mutating func sweep(
    _ sweep: ImageSweep,
    visit: (Outcome, [Int], Int) -> Bool
  ) throws(Failure) -> Int {
    var product = GrayProduct(radices: sweep.contents.map(\.count))
    var newLines = sweep.isNew.count { $0[0] }
    var runs = 0
    var last: Outcome?
    var untilVisit = 1 << 16
    while true {
      if newLines > 0 || !sweep.skipsOlder {
        let outcome = try run(period: sweep.period)
        runs += 1
        untilVisit -= 1
        if outcome != last || untilVisit == 0 {
          last = outcome
          untilVisit = 1 << 16
          guard visit(outcome, product.digits, runs) else { return runs }
        }
      }
      let line = product.focus[0]
      if line < sweep.lines.count, sweep.isNew[line][product.digits[line]] { newLines -= 1 }
      guard let changed = product.next() else { return runs }
      let digit = product.digits[changed]
      if sweep.isNew[changed][digit] { newLines += 1 }
      try set(sweep.lines[changed], to: sweep.contents[changed][digit])
    }
  }
}

/// Recovery of our own on finished images: level L0, the oracle for the other levels.
///
/// What recovery stores is undone before the next run.
public struct RecoveryOnImages<Program: Recovery>: ImageRecovery {
  @usableFromInline var program: Program
  @usableFromInline var medium: WordMedium

  /// Recovery on images that begin as `initial`.
  public init(_ program: Program, initial: MemoryImage) {
    self.program = program
    medium = WordMedium(initial)
  }

  /// Replaces the bytes of one line.
  @inlinable public mutating func set(_ line: CacheLine, to content: LineBytes) {
    medium.set(line, to: content)
  }

  /// Recovers the image as it is.
  @inlinable public mutating func run(period: Int) -> Program.Outcome {
    let outcome = program.recover(&medium)
    medium.undo()
    return outcome
  }
}
