import BigInt
import PersistencyModel

/// At each fence, all combinations of prefixes of the lines' writes in flight, on what is durable.
///
/// Source: policies reference, *Yat*.
struct YatExploration: ImageExploration {
  func explore(_ subject: PolicySubject, _ stream: ImageStream) {
    var writes = WritesInFlight(initial: subject.initial)
    for (index, event) in subject.trace.events.enumerated() {
      if event.kind.isOrdering { tryAll(writes, at: CrashPoint(index), stream) }
      for line in writes.apply(event, of: subject.trace) { stream[line] = writes[line].durable }
    }
  }

  private func tryAll(_ writes: WritesInFlight, at point: CrashPoint, _ stream: ImageStream) {
    let lines = writes.lines
    guard !lines.isEmpty else { return }
    let states = lines.map { writes[$0] }
    stream.plan(states.reduce(BigUInt(1)) { $0 * BigUInt($1.contents.count + 1) }, at: point)
    guard !stream.isStopped else { return }
    Combinations(states.map { $0.contents.count + 1 }).forEach { kept in
      for index in lines.indices {
        stream[lines[index]] = states[index].content(keeping: kept[index])
      }
      stream.emit(at: point)
      return !stream.isStopped
    }
    for index in lines.indices { stream[lines[index]] = states[index].durable }
  }
}
