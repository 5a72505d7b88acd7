import FlushTracer
import PersistencyModel

/// Operations of a cache, numbered one after the other, marked where they begin and are acknowledged.
struct MarkedOperations {
  private let recorder: Recorder
  /// Number of the last one.
  private(set) var count: UInt32
  /// Whether their caller is still there; one that is dead hears of nothing.
  var isCallerAlive = true

  /// No operation yet but those up to the number `last`.
  init(_ recorder: Recorder, after last: UInt32 = 0) {
    self.recorder = recorder
    count = last
  }

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
  func acknowledge(_ number: UInt32) { if isCallerAlive { recorder.acknowledge(number) } }
}
