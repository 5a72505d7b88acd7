internal import Glibc

/// What checkers print: kept up to a bound, read and dropped beyond it.
final class OutputPipe {
  /// The end that checkers write to.
  let writeEnd: Descriptor
  /// The end that is read here, without waiting.
  let readEnd: Descriptor
  private let bound: Int
  private var kept: [UInt8] = []
  private var chunk = [UInt8](repeating: 0, count: 16_384)

  init(bound: Int) throws(RecoveryRunnerError) {
    let (read, write) = try makePipe()
    readEnd = read
    writeEnd = write
    self.bound = bound
    makeNonBlocking(readEnd)
  }

  /// Reads what there is, at most once the pipe's capacity, so that a writer in a hurry cannot hold us here.
  func drain() {
    for _ in 0..<8 {
      // SAFETY: the array has room for its own count.
      let count = unsafe read(readEnd.raw, &chunk, chunk.count)
      guard count > 0 else { return }
      kept.append(contentsOf: chunk[..<min(count, bound - kept.count)])
    }
  }

  /// What was kept since the last call.
  func take() -> [UInt8] {
    drain()
    defer { kept.removeAll(keepingCapacity: true) }
    return kept
  }
}
