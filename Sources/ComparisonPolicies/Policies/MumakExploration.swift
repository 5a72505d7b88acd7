import BigInt
import PersistencyModel

/// At each distinct place of a store, flush or fence, the image of everything stored before it.
///
/// Source: policies reference, *Mumak*.
struct MumakExploration: ImageExploration {
  /// A program point: the instruction and the calls that led to it.
  private struct ProgramPoint: Hashable {
    let kind: EventKind
    let frames: [SiteFrame]
  }

  func explore(_ subject: PolicySubject, _ stream: ImageStream) {
    var seen: Set<ProgramPoint> = []
    for (index, event) in subject.trace.events.enumerated() {
      if isFailurePoint(event, of: subject.trace, &seen) {
        stream.plan(1, at: CrashPoint(index))
        stream.emit(at: CrashPoint(index))
      }
      guard event.kind.isStore else { continue }
      for part in LineParts(address: event.address, bytes: subject.trace.bytes(of: event)) {
        stream[part.line] = stream[part.line].merging(part.value, mask: part.mask)
      }
    }
  }

  /// Whether the event is an instruction whose call stack occurs for the first time.
  private func isFailurePoint(
    _ event: Event,
    of trace: Trace,
    _ seen: inout Set<ProgramPoint>
  ) -> Bool {
    guard event.kind != .mark, event.kind != .flushRequest else { return false }
    let frames = trace.site(event.site).frames
    return frames.isEmpty || seen.insert(ProgramPoint(kind: event.kind, frames: frames)).inserted
  }
}
