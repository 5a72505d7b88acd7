/// Blocks in a row on the origin that are written back together.
@usableFromInline struct WriteBackRun: Sendable {
  /// How far it is.
  @usableFromInline enum Stage: Sendable {
    case selected, issued
    case failed(OriginFault)
  }

  @usableFromInline var entries: [Int]
  /// First sector of the first block.
  @usableFromInline var sector: UInt64
  @usableFromInline var stage = Stage.selected
}

/// Everything under write-back, in the order of selection, and the buffer for one write of the origin.
@usableFromInline struct WriteBackQueue: Sendable {
  /// Most blocks of one write of the origin (dm-writecache reference 2.8).
  @usableFromInline static let runLimit = 256
  /// Steps after which a pass of the worker ends.
  @usableFromInline static let stepLimit = 64
  /// Freed entries after which the end of a write-back fences.
  @usableFromInline static let fenceInterval = 16

  @usableFromInline var runs: [WriteBackRun] = []
  @usableFromInline var buffer: [UInt8] = []

  @usableFromInline init() {}

  /// Takes out the buffer, of at least so many bytes.
  @usableFromInline mutating func takeBuffer(byteCount: Int) -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &buffer)
    if taken.count < byteCount { taken = [UInt8](repeating: 0, count: byteCount) }
    return taken
  }

  /// Takes out the runs that were issued; those only selected stay.
  @usableFromInline mutating func takeIssued() -> [WriteBackRun] {
    var issued: [WriteBackRun] = []
    var selected: [WriteBackRun] = []
    for run in runs {
      if case .selected = run.stage { selected.append(run) } else { issued.append(run) }
    }
    runs = selected
    return issued
  }

  /// Number of blocks issued and not completed.
  @usableFromInline var issuedBlocks: Int {
    runs.reduce(0) { sum, run in
      if case .selected = run.stage { sum } else { sum + run.entries.count }
    }
  }
}
