import PersistencyModel
import Testing

/// What was encoded, and what decoding its bytes gives back.
private struct RoundTrip {
  var bytes: [UInt8] = []
  var encoder = EventEncoder()

  mutating func add(_ event: Event, _ stored: [UInt8] = []) {
    encoder.encode(event, bytes: stored.span.bytes, into: &bytes)
  }

  func decoded() throws(EventCodingError) -> [Decoded] {
    var decoder = EventDecoder()
    var result: [Decoded] = []
    while let record = try decoder.next(in: bytes.span.bytes) {
      let stored = EventDecoder.withBytes(of: record, in: bytes.span.bytes) { span in
        (0..<span.byteCount).map { span.byte(at: $0) }
      }
      result.append(Decoded(event: record.event, stored: stored))
    }
    return result
  }
}

private struct Decoded: Hashable {
  var event: Event
  var stored: [UInt8]
}

/// A store as the decoder returns it: small values in the payload, nothing in that of a long one.
private func store(
  _ kind: EventKind,
  at address: UInt64,
  _ stored: [UInt8],
  thread: ThreadID = 0,
  site: SiteID = 0
) -> Decoded {
  var payload: UInt64 = 0
  if stored.count <= 8 {
    for (place, byte) in stored.enumerated() { payload |= UInt64(byte) << UInt64(place * 8) }
  }
  let event = Event(
    kind,
    address: address,
    size: stored.count,
    payload: payload,
    thread: thread,
    site: site
  )
  return Decoded(event: event, stored: stored)
}

@Test(arguments: EventKind.allCases.filter { !$0.isStore })
func everyKindDecodesAsItWasEncoded(kind: EventKind) throws {
  var failures: [Event] = []
  do {
    for address: UInt64 in [0, 1, 63, 64, 8192, 1 << 40, .max - (1 << 20)] {
      for size in [0, 1, 63, 64, 65, 4096, Event.maximumSize] {
        for payload: UInt64 in [0, 1, 127, 128, .max] {
          for site: SiteID in [0, 1, Event.maximumSite] {
            let event = Event(
              kind,
              address: address,
              size: size,
              payload: payload,
              thread: 7,
              site: site
            )
            var trip = RoundTrip()
            trip.add(event)
            trip.add(event)
            if try trip.decoded().map(\.event) != [event, event] { failures.append(event) }
          }
        }
      }
    }
  }
  #expect(failures == [])
}

@Test func aStoreOfEverySizeUpToThreeLinesDecodesAsItWasEncoded() throws {
  for kind in EventKind.allCases where kind.isStore {
    for size in 1...192 {
      let patterns: [(Int) -> UInt8] = [
        { UInt8(truncatingIfNeeded: $0 + 1) }, { _ in 0 }, { _ in 0xff }, { $0 == 0 ? 9 : 0 },
        { $0 < 4 ? 0xee : 0 }, { $0 == size - 1 ? 0x80 : 0 },
      ]
      for pattern in patterns {
        let wanted = store(kind, at: 4096 - 3, (0..<size).map(pattern), site: 3)
        var trip = RoundTrip()
        trip.add(wanted.event, wanted.stored)
        #expect(try trip.decoded() == [wanted])
      }
    }
  }
}

@Test func theLargestStoreDecodesAsItWasEncoded() throws {
  let wanted = store(
    .store,
    at: 64,
    (0..<Event.maximumSize).map { UInt8(truncatingIfNeeded: $0 &* 31) }
  )
  var trip = RoundTrip()
  trip.add(wanted.event, wanted.stored)
  #expect(try trip.decoded() == [wanted])
}

/// A generator that gives the same numbers in every run.
private struct Numbers {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 16
  }
  mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }
}

private func randomEvent(_ numbers: inout Numbers) -> Decoded {
  let kind = EventKind.allCases[Int(numbers.below(UInt64(EventKind.allCases.count)))]
  let address = numbers.next() >> numbers.below(48)
  let thread = ThreadID(numbers.below(4) == 0 ? numbers.below(4096) : 0)
  let site = SiteID(numbers.below(1 << (1 + numbers.below(24))))
  if kind.isStore {
    let stored = (0..<(1 + numbers.below(20))).map { _ in UInt8(numbers.below(256)) }
    return store(kind, at: address, stored, thread: thread, site: site)
  }
  let event = Event(
    kind,
    address: address,
    size: Int(numbers.below(1 << 20)),
    payload: numbers.next(),
    thread: thread,
    site: site
  )
  return Decoded(event: event, stored: [])
}

@Test(arguments: 1...50) func anySequenceDecodesAsItWasEncodedAlsoFromTheStartOfALaterChunk(
  seed: UInt64
) throws {
  var numbers = Numbers(state: seed)
  let wanted = (0..<200).map { _ in randomEvent(&numbers) }
  var trip = RoundTrip()
  for item in wanted[..<100] { trip.add(item.event, item.stored) }
  #expect(try trip.decoded() == Array(wanted[..<100]))
  trip.bytes = []
  trip.encoder.startChunk()
  for item in wanted[100...] { trip.add(item.event, item.stored) }
  #expect(try trip.decoded() == Array(wanted[100...]))
}

@Test func typicalRecordsAreShort() {
  func size(_ event: Event, _ stored: [UInt8] = []) -> Int {
    var trip = RoundTrip()
    trip.add(Event(.clwb, address: 4096, size: 64, site: 5))
    let before = trip.bytes.count
    trip.add(event, stored)
    return trip.bytes.count - before
  }
  let full: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
  #expect(size(Event(.store, address: 4104, size: 8, site: 5), full) == 10)
  #expect(size(Event(.store, address: 4104, size: 8, site: 6), full) == 11)
  #expect(size(Event(.store, address: 4104, size: 8, site: 5), [1, 2, 0, 0, 0, 0, 0, 0]) == 6)
  #expect(size(Event(.store, address: 4104, size: 8, site: 5), [1, 0, 0, 0, 0, 0, 0, 0]) == 3)
  #expect(size(Event(.clwb, address: 4096, size: 64, site: 6)) == 3)
  #expect(size(Event(.sfence, site: 5)) == 1)
  #expect(size(Event(.sfence, site: 6)) == 2)
}

@Test func aChunkCutAnywhereGivesItsWholeRecordsAndThenSaysWhereItIsCut() throws {
  var trip = RoundTrip()
  var ends: [Int] = []
  for item in [
    store(.store, at: 1 << 30, [1, 2, 3, 4, 5, 6, 7, 8], thread: 300, site: 900),
    store(.nonTemporalStore, at: 7, Array(repeating: 3, count: 90)),
    Decoded(event: Event(.flushRequest, address: 64, size: 8192, payload: 4), stored: []),
    Decoded(event: Event(.routedWriteBack, address: 64, size: 64, payload: 4), stored: []),
    Decoded(event: Event(.mark, payload: 1000), stored: []),
  ] {
    trip.add(item.event, item.stored)
    ends.append(trip.bytes.count)
  }
  let whole = trip
  for cut in 0..<whole.bytes.count where !ends.contains(cut) && cut > 0 {
    trip.bytes = Array(whole.bytes[..<cut])
    let start = ends.last { $0 < cut } ?? 0
    #expect(throws: EventCodingError(.truncated, offset: start)) { try trip.decoded() }
  }
}

@Test func bytesThatAreNoEventsAreRefusedWithTheReason() {
  func error(_ bytes: [UInt8]) -> EventCodingError? {
    var decoder = EventDecoder()
    do { while try decoder.next(in: bytes.span.bytes) != nil {} } catch { return error }
    return nil
  }
  let huge: [UInt8] = Array(repeating: 0xff, count: 9)
  #expect(error([0x07, 0x0f, 0x12])?.reason == .unknownTag(0x12))
  #expect(error([0x07, 0x0f, 0x12])?.offset == 1)
  #expect(error([0x0f, 0x00])?.reason == .unknownTag(0x00))
  #expect(error([0x0f])?.reason == .truncated)
  #expect(error([0x70])?.reason == .unknownTag(0x70))
  #expect(error([0x17])?.reason == .unknownTag(0x17))
  #expect(error([0x60, 0x00, 0x00])?.reason == .sizeOutOfRange(0))
  #expect(error([0x60, 0x00, 0x80, 0x80, 0x40])?.reason == .sizeOutOfRange(1 << 20))
  #expect(error([0x04] + huge + [0x02])?.reason == .oversizedInteger)
  #expect(error([0x0e, 0x80, 0x20])?.reason == .threadOutOfRange(4096))
  #expect(error([0x87, 0x01])?.reason == .siteOutOfRange(.max))
  #expect(error([0x04, 0x01])?.reason == .rangeWraps)
}

@Test(arguments: 1...20) func noiseNeverTrapsTheDecoder(seed: UInt64) {
  var numbers = Numbers(state: seed)
  let noise = (0..<200).map { _ in UInt8(numbers.below(256)) }
  var stuck = 0
  for start in noise.indices {
    var decoder = EventDecoder()
    let chunk = Array(noise[start...])
    var last = -1
    do {
      while try decoder.next(in: chunk.span.bytes) != nil {
        if decoder.offset <= last { stuck += 1 }
        last = decoder.offset
      }
    } catch {
      if error.offset != decoder.offset { stuck += 1 }
    }
  }
  #expect(stuck == 0)
}
