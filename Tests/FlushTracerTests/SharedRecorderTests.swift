import FlushTracer
import Foundation
import PersistencyModel
import Testing

/// Runs `body` on `count` threads and waits for all of them.
private func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let group = DispatchGroup()
  for index in 0..<count {
    group.enter()
    Thread {
      body(index)
      group.leave()
    }.start()
  }
  group.wait()
}

@Test func severalThreadsGetOneOrderThatGivesTheFinalImage() throws {
  let directory = try ScratchDirectory()
  let collector = TraceCollector()
  let shared = SharedRecorder(try directory.stack("linear:4K,4K"), sink: collector)
  onThreads(4) { index in
    for round in 0..<500 {
      shared.use { $0.store(UInt64(round * 4 + index), at: round % 8 * 8) }
      shared.use { _ = $0.add(UInt64(1), at: 4096) }
      shared.use { $0.clwb(at: round % 8 * 8) }
    }
  }
  let summary = try shared.finish()
  #expect(summary[.store] == 2000 && summary[.lockedStore] == 2000 && summary[.clwb] == 2000)
  let trace = collector.trace
  #expect(Set(trace.events.map(\.thread)) == [0, 1, 2, 3])
  let sums = trace.facts.filter { $0.kind == .lockedStore }.map { fact in
    fact.bytes.enumerated().reduce(0) { $0 + Int($1.element) << ($1.offset * 8) }
  }
  #expect(sums == Array(1...2000))
  for thread in 0..<4 as Range<ThreadID> {
    let own = trace.events.filter { $0.thread == thread && $0.kind == .store }.map(\.payload)
    #expect(own == own.sorted() && own.count == 500)
  }
}

@Test func threadsAreNumberedInTheOrderOfTheirFirstUse() throws {
  let directory = try ScratchDirectory()
  let collector = TraceCollector()
  let shared = SharedRecorder(try directory.stack("linear:64"), sink: collector)
  for value in 0..<5 {
    onThreads(1) { _ in shared.use { $0.store(UInt8(value), at: 0) } }
  }
  shared.use { $0.sfence() }
  _ = try shared.finish()
  #expect(collector.trace.events.map(\.thread) == [0, 1, 2, 3, 4, 5])
}

/// One place, in whatever loop an optimiser unrolls.
@inline(never) private func storeByte(_ shared: SharedRecorder, _ round: Int) {
  shared.use { $0.store(UInt8(round), at: round) }
}

@Test func sitesOfThreadsAreThePlacesInTheirClosures() throws {
  let directory = try ScratchDirectory()
  let collector = TraceCollector()
  let shared = SharedRecorder(
    try directory.stack("linear:64"),
    sites: .framePointers(1),
    sink: collector
  )
  onThreads(2) { _ in
    for round in 0..<10 { storeByte(shared, round) }
  }
  _ = try shared.finish()
  #expect(collector.trace.siteCount == 1)
}
