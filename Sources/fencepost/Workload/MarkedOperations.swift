import FlushTracer
import PersistencyModel

/// Operations of a cache, numbered from 1, marked where they begin and where they are acknowledged.
struct MarkedOperations {
  private let recorder: Recorder
  private var count: UInt32 = 0

  /// No operation yet.
  init(_ recorder: Recorder) { self.recorder = recorder }

  /// Marks the beginning of the next operation, before its first event; returns its number.
  mutating func begin(
    _ kind: OperationKind,
    isForced: Bool = false,
    sectors: Range<UInt64> = 0..<0,
    contents: [ContentID] = []
  ) -> UInt32 {
    count += 1
    recorder.begin(
      Operation(
        number: count,
        kind: kind,
        isForced: isForced,
        sectors: sectors,
        contents: contents
      )
    )
    return count
  }

  /// Marks that an operation has returned to its caller.
  func acknowledge(_ number: UInt32) { recorder.acknowledge(number) }
}
