import PersistencyModel

/// Recovery's own stores, flushes and fences on one crash image, recorded as a trace.
///
/// Memory is the state that stands for those left; recovery sees its own stores. A copy records into the
/// same trace: recovery may keep the medium in a value of its own.
struct RecordingMedium: Medium {
  private final class Recording {
    var trace: Trace
    var requests: UInt64 = 0

    init(_ trace: Trace) { self.trace = trace }
  }

  private var medium: TrieMedium
  private let recording: Recording

  init(_ run: TrieRun, header: TraceHeader) {
    medium = TrieMedium(run: run)
    recording = Recording(Trace(header: header))
  }

  /// What was recorded.
  var trace: Trace { recording.trace }

  var size: Int { medium.size }

  mutating func load64(at offset: Int) -> UInt64 { medium.load64(at: offset) }
  mutating func load32(at offset: Int) -> UInt32 { medium.load32(at: offset) }
  mutating func load(at offset: Int, into destination: inout MutableRawSpan) {
    medium.load(at: offset, into: &destination)
  }

  mutating func store(_ value: UInt64, at offset: Int) {
    note(.store, value, 8, offset)
    medium.store(value, at: offset)
  }
  mutating func store(_ value: UInt32, at offset: Int) {
    note(.store, UInt64(value), 4, offset)
    medium.store(value, at: offset)
  }
  mutating func storeNonTemporal(_ value: UInt64, at offset: Int) {
    note(.nonTemporalStore, value, 8, offset)
    medium.storeNonTemporal(value, at: offset)
  }
  mutating func storeNonTemporal(_ value: UInt32, at offset: Int) {
    note(.nonTemporalStore, UInt64(value), 4, offset)
    medium.storeNonTemporal(value, at: offset)
  }

  mutating func copy(_ bytes: RawSpan, to offset: Int) {
    note(.store, bytes, offset)
    medium.copy(bytes, to: offset)
  }
  mutating func copyNonTemporal(_ bytes: RawSpan, to offset: Int) {
    note(.nonTemporalStore, bytes, offset)
    medium.copyNonTemporal(bytes, to: offset)
  }

  mutating func writeBackLine(at offset: Int) {
    let line = CacheLine(containing: address(offset))
    recording.trace.append(Event(.clwb, address: line.address, size: Int(CacheLine.size)))
  }

  mutating func requestFlush(_ range: Range<Int>) {
    recording.requests += 1
    recording.trace.append(
      Event(
        .flushRequest,
        address: address(range.lowerBound),
        size: range.count,
        payload: recording.requests
      )
    )
  }

  mutating func fence() { recording.trace.append(Event(.sfence)) }

  private func address(_ offset: Int) -> UInt64 { medium.run.initial.base + UInt64(offset) }

  private mutating func note(_ kind: EventKind, _ value: UInt64, _ size: Int, _ offset: Int) {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
    recording.trace.appendStore(kind, address: address(offset), bytes: bytes)
  }

  /// By 8-byte stores in ascending order, as `Medium.copy` promises.
  private mutating func note(_ kind: EventKind, _ bytes: RawSpan, _ offset: Int) {
    for begin in stride(from: 0, to: bytes.byteCount, by: 8) {
      let end = min(begin + 8, bytes.byteCount)
      let part = (begin..<end).map { bytes.byte(at: $0) }
      recording.trace.appendStore(kind, address: address(offset + begin), bytes: part)
    }
  }
}
