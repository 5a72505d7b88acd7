import FlushTracer
import PersistencyModel
import Testing

@Test func aStoreOverTheEndOfADeviceBecomesItsBytes() throws {
  let trace = try record("linear:64,64,64") { $0.store(UInt64(0x0807_0605_0403_0201), at: 60) }
  #expect(trace.facts.map(\.address) == [60, 61, 62, 63, 64, 65, 66, 67])
  #expect(trace.facts.map(\.bytes) == (1...8).map { [UInt8($0)] })
}

@Test func everyByteOfAStackIsItsOwn() throws {
  for table in ["linear:64,128", "striped:64:192+512,192,192", "linear:64;striped:64:128,128"] {
    let directory = try ScratchDirectory()
    let stack = try directory.stack(table)
    let recorder = Recorder(stack, sink: TraceCollector())
    let bytes = (0..<stack.size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 1) }
    recorder.copy(bytes.span.bytes, to: 0)
    #expect(stack.bytes(0..<stack.size) == bytes)
    var medium = RecordedMedium(recorder)
    for offset in 0..<stack.size {
      let count = min(70, stack.size - offset)
      #expect(medium.bytes(offset..<(offset + count)) == Array(bytes[offset..<(offset + count)]))
    }
    #expect(try recorder.finish().events == stack.size / 8)
  }
}

@Test func aRequestIsFollowedByWhatItsRouterReaches() throws {
  let table = "linear:128,128@eadr,128"
  let space = try AddressSpace(inline: table)
  for router in Router.all {
    let trace = try record(table, router: router) { recorder in
      recorder.requestFlush(70..<300)
      recorder.requestFlush(300..<300)
      recorder.requestFlush(256..<257)
    }
    var wanted: [Event] = []
    for (number, range) in [70..<300, 256..<257].enumerated() {
      wanted.append(
        Event(
          .flushRequest,
          address: UInt64(range.lowerBound),
          size: range.count,
          payload: UInt64(number)
        )
      )
      let reach = router.reach(
        of: UInt64(range.lowerBound)..<UInt64(range.upperBound),
        in: space
      )
      for line in reach.written {
        wanted.append(
          Event(.routedWriteBack, address: line.address, size: 64, payload: UInt64(number))
        )
      }
    }
    let found = trace.events.map {
      Event($0.kind, address: $0.address, size: $0.size, payload: $0.payload)
    }
    #expect(found == wanted)
    for other in Router.all {
      let rerouted = try trace.rerouted(by: other, in: space)
      #expect(try rerouted.rerouted(by: router, in: space).events == trace.events)
    }
  }
}

@Test func aRequestOverAMebibyteBecomesSeveral() throws {
  let trace = try record("linear:3M@eadr") { $0.requestFlush(10..<(3 << 20)) }
  let requests = trace.events.filter { $0.kind == .flushRequest }
  #expect(requests.map(\.payload) == [0, 1, 2, 3])
  #expect(requests.first?.address == 10)
  let total = requests.reduce(0) { $0 + Int($1.size) }
  #expect(total == (3 << 20) - 10)
  #expect(requests.dropFirst().allSatisfy { $0.address % 64 == 0 })
}

@Test func aPlainMediumStoresWhatARecordedOneDoes() throws {
  func work(_ medium: inout some Medium) -> [UInt8] {
    medium.store(UInt64(1), at: 0)
    medium.store(UInt32(2), at: 12)
    medium.storeNonTemporal(UInt64(3), at: 120)
    medium.storeNonTemporal(UInt32(4), at: 128)
    let bytes = (0..<37).map { UInt8($0) }
    let words = Array(bytes[..<32])
    medium.copy(bytes.span.bytes, to: 200)
    medium.copyNonTemporal(words.span.bytes, to: 64)
    medium.writeBackLine(at: 3)
    medium.requestFlush(64..<256)
    medium.fence()
    #expect(medium.load64(at: 120) == 3 && medium.load32(at: 12) == 2)
    return medium.bytes(0..<medium.size)
  }
  let directory = try ScratchDirectory()
  let stack = try directory.stack("linear:128,128")
  let recorder = Recorder(stack, sink: TraceCollector())
  var recorded = RecordedMedium(recorder)
  let first = work(&recorded)
  _ = try recorder.finish()
  let other = try ScratchDirectory(in: "/dev/shm")
  var plain = PlainMedium(try other.stack("linear:128,128"))
  #expect(work(&plain) == first)
  #expect(plain.failure == nil)
}
