import FlushTracer
import PersistencyModel
import Testing

@Test func everyStoreIsRecordedWithItsBytes() throws {
  let trace = try record { recorder in
    recorder.store(UInt64(0x0807_0605_0403_0201), at: 8)
    recorder.store(UInt32(0x0403_0201), at: 100)
    recorder.store(UInt16(0x0201), at: 61)
    recorder.store(UInt8(7), at: 63)
    recorder.store(UInt64(0x1122), at: 61)
    recorder.storeNonTemporal(UInt64.max, at: 128)
    recorder.storeNonTemporal(UInt32(5), at: 140)
  }
  #expect(
    trace.facts == [
      Fact(kind: .store, address: 8, bytes: [1, 2, 3, 4, 5, 6, 7, 8]),
      Fact(kind: .store, address: 100, bytes: [1, 2, 3, 4]),
      Fact(kind: .store, address: 61, bytes: [1, 2]),
      Fact(kind: .store, address: 63, bytes: [7]),
      Fact(kind: .store, address: 61, bytes: [0x22, 0x11, 0, 0, 0, 0, 0, 0]),
      Fact(kind: .nonTemporalStore, address: 128, bytes: Array(repeating: 255, count: 8)),
      Fact(kind: .nonTemporalStore, address: 140, bytes: [5, 0, 0, 0]),
    ]
  )
}

@Test func everyFlushAndFenceIsRecordedAsWhatItIs() throws {
  let trace = try record { recorder in
    recorder.clwb(at: 65)
    recorder.clflushopt(at: 128)
    recorder.clflush(at: 4095)
    recorder.sfence()
    recorder.mfence()
    recorder.deepFlush(64..<200)
    recorder.msync(0..<4096)
  }
  #expect(
    trace.events.map { $0.removingSite } == [
      Event(.clwb, address: 64, size: 64), Event(.clflushopt, address: 128, size: 64),
      Event(.clflush, address: 4032, size: 64), Event(.sfence), Event(.mfence),
      Event(.deepFlush, address: 64, size: 136), Event(.msync, address: 0, size: 4096),
    ]
  )
}

extension Event {
  fileprivate var removingSite: Event {
    Event(kind, address: address, size: size, payload: payload, thread: thread)
  }
}

@Test func lockedOperationsReturnWhatWasThereAndRecordWhatTheyStored() throws {
  let trace = try record { recorder in
    recorder.store(UInt64(5), at: 0)
    #expect(recorder.exchange(UInt64(9), at: 0) == 5)
    #expect(recorder.add(UInt64(3), at: 0) == 9)
    #expect(recorder.compareExchange(expected: UInt64(12), desired: 1, at: 0) == 12)
    #expect(recorder.add(.max as UInt32, at: 0) == 1)
    #expect(recorder.exchange(UInt32(7), at: 4) == 0)
    #expect(recorder.compareExchange(expected: UInt32(7), desired: 8, at: 4) == 7)
    #expect(recorder.load64(at: 0) == 8 << 32)
  }
  let locked = trace.facts.filter { $0.kind == .lockedStore }
  #expect(
    locked == [
      Fact(kind: .lockedStore, address: 0, bytes: [9, 0, 0, 0, 0, 0, 0, 0]),
      Fact(kind: .lockedStore, address: 0, bytes: [12, 0, 0, 0, 0, 0, 0, 0]),
      Fact(kind: .lockedStore, address: 0, bytes: [1, 0, 0, 0, 0, 0, 0, 0]),
      Fact(kind: .lockedStore, address: 0, bytes: [0, 0, 0, 0]),
      Fact(kind: .lockedStore, address: 4, bytes: [7, 0, 0, 0]),
      Fact(kind: .lockedStore, address: 4, bytes: [8, 0, 0, 0]),
    ]
  )
}

@Test func aFailedCompareAndExchangeRecordsNothing() throws {
  let trace = try record { recorder in
    #expect(recorder.compareExchange(expected: UInt64(1), desired: 2, at: 0) == 0)
    #expect(recorder.compareExchange(expected: UInt32(1), desired: 2, at: 0) == 0)
  }
  #expect(trace.events.isEmpty)
}

@Test func aCopyBecomesStoresOfTheLargestNaturalSizes() throws {
  for offset in 0..<16 {
    for size in 0...32 {
      let bytes = (0..<size).map { UInt8($0 + 1) }
      let trace = try record { $0.copy(bytes.span.bytes, to: offset) }
      var place = offset
      for fact in trace.facts {
        #expect(fact.address == UInt64(place) && place % fact.bytes.count == 0)
        #expect(fact.bytes == Array(bytes[(place - offset)...].prefix(fact.bytes.count)))
        let rest = offset + size - place
        #expect(
          fact.bytes.count == 8 || place % (2 * fact.bytes.count) != 0
            || rest < 2 * fact.bytes.count
        )
        place += fact.bytes.count
      }
      #expect(place == offset + size)
    }
  }
}

@Test func aNonTemporalCopyConsistsOfWords() throws {
  let bytes = (0..<24).map { UInt8($0) }
  let trace = try record { $0.copyNonTemporal(bytes.span.bytes, to: 40) }
  #expect(trace.facts.map(\.kind) == [.nonTemporalStore, .nonTemporalStore, .nonTemporalStore])
  #expect(trace.facts.map(\.address) == [40, 48, 56])
  #expect(trace.facts.flatMap(\.bytes) == bytes)
}

@Test func marksStandWhereTheyWereMade() throws {
  let write = Operation(number: 4, kind: .write, sectors: 0..<8, contents: [0])
  let trace = try record { recorder in
    #expect(recorder.define(Content(name: "A", bytes: [1, 2])) == 0)
    #expect(recorder.define(Content(name: "B", bytes: [3])) == 1)
    recorder.label("start")
    recorder.begin(write)
    recorder.store(UInt8(1), at: 0)
    recorder.acknowledge(4)
  }
  #expect(trace.events.map(\.kind) == [.mark, .mark, .store, .mark])
  #expect(
    [0, 1, 3].map { trace.mark(of: trace.events[$0]) }
      == [.label("start"), .begin(write), .acknowledge(4)]
  )
  #expect(trace.contents.map(\.name) == ["A", "B"])
}

@Test func aRecordingOfManyChunksLosesNothing() throws {
  let count = 40_000
  let trace = try record("linear:64K") { recorder in
    for index in 0..<count {
      recorder.store(UInt64(index) &* 0x1234_5678_9abc, at: index * 8 % 65_536)
      if index % 1000 == 0 { recorder.label("\(index)") }
    }
  }
  let stores = trace.facts.filter { $0.kind == .store }
  #expect(stores.count == count)
  #expect(stores.indices.allSatisfy { stores[$0].address == UInt64($0 * 8 % 65_536) })
  let last = (UInt64(count - 1) &* 0x1234_5678_9abc).littleEndian
  #expect(stores.last?.bytes == withUnsafeBytes(of: last, Array.init))
  let labels = trace.marks.count
  #expect(labels == 40)
}

@Test func theHeaderSaysTableAndRouter() throws {
  let trace = try record("linear:64,64@eadr", router: .firstDevice) { _ in }
  #expect(trace.header.source == .native)
  #expect(trace.header.addressSpace?.inlineDescription == "linear:64,64@eadr")
  #expect(trace.header.routing == "first-device")
}

/// One place, in whatever loop an optimiser unrolls.
@inline(never) private func storeByte(_ recorder: Recorder, _ round: Int) {
  recorder.store(UInt8(round), at: round)
}

@Test func countsOfEveryKindAreGivenAlsoWhenZero() throws {
  let directory = try ScratchDirectory()
  let recorder = Recorder(try directory.stack("linear:4K"), sink: TraceCollector())
  for round in 0..<3 { storeByte(recorder, round) }
  recorder.sfence()
  let summary = try recorder.finish()
  #expect(summary[.store] == 3 && summary[.sfence] == 1 && summary[.clwb] == 0)
  #expect(summary.events == 4 && summary.sites == 2)
  #expect(summary.description.hasPrefix("store 3, nonTemporalStore 0, "))
  #expect(summary.description.contains("clwb 0, "))
}

@Test func accessOutsideTheStackTraps() async {
  await #expect(processExitsWith: .failure) {
    _ = try record("linear:64") { $0.store(UInt64(1), at: 57) }
  }
  await #expect(processExitsWith: .failure) {
    _ = try record("linear:64") { $0.store(UInt8(1), at: -1) }
  }
  await #expect(processExitsWith: .failure) {
    _ = try record("linear:64") { $0.clwb(at: 64) }
  }
}
