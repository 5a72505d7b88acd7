import PersistencyModel

/// Initial image plus every event so far: what memory must hold if nothing escaped the recorder.
///
/// Built from the encoded chunks, so that it checks the encoding as well.
struct ShadowImage {
  /// Content of the stack when recording began.
  let initial: [UInt8]
  private var current: [UInt8]
  /// Applies chunks, and counts.
  private(set) var replay = EventReplay()

  init(of stack: DeviceStack) {
    initial = stack.bytes(0..<stack.size)
    current = initial
  }

  /// Applies the stores of a chunk, counts its events, and returns how many there are.
  mutating func apply(_ chunk: RawSpan) -> Int {
    var replay = replay
    let before = replay.eventCount
    // SAFETY: bytes have no padding.
    var span = current.mutableSpan
    var image = unsafe span.mutableBytes
    do { try replay.apply(chunk, to: &image) } catch {
      preconditionFailure("The recorder reads what it has written: \(error)")
    }
    self.replay = replay
    return replay.eventCount - before
  }

  /// The first difference to what the stack holds now; `nil` for none.
  func mismatch(with stack: DeviceStack) -> ImageMismatch? {
    let found = stack.bytes(0..<stack.size)
    guard found != current else { return nil }
    let differing = found.indices.filter { found[$0] != current[$0] }
    guard let first = differing.first, let place = stack.space.locate(UInt64(first)) else {
      return nil
    }
    let shown = first..<min(first + 16, found.count)
    return ImageMismatch(
      address: UInt64(first),
      device: stack.space.devices[place.device].name,
      offset: place.offset,
      recorded: Array(current[shown]),
      found: Array(found[shown]),
      count: differing.count
    )
  }
}
