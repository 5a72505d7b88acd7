import PersistencyModel

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}

/// Traces that use every part of the vocabulary, odd texts included.
struct RandomTraces {
  private var generator: SeededGenerator
  private static let texts = [
    "", "?", "0x12", "0x12: f", "a;b", "line\nbreak", "tab\tand\r", "back\\slash", "naïve ✓", "a,b",
    "#x",
    "\u{7f}\u{1}", "main (pm.h:29)", "\\xff", " spaces ", "+", "D0+0x0",
  ]

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func next() -> Trace {
    var trace = Trace(header: header())
    let contents = Int.random(in: 0...4, using: &generator)
    for index in 0..<contents { trace.define(content(index)) }
    var sites = 0
    for number in 0..<Int.random(in: 0...60, using: &generator) {
      if Int.random(in: 0..<4, using: &generator) == 0 {
        trace.define(site())
        sites += 1
      }
      append(number, to: &trace, sites: sites, contents: contents)
    }
    return trace
  }

  private mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[Int.random(in: 0..<choices.count, using: &generator)]
  }

  private mutating func header() -> TraceHeader {
    var header = TraceHeader(
      source: pick([.native, .text, .pmemcheck, .other("a;b\n")])
    )
    header.instructionSet = pick(["x86-64", "rv64;odd"])
    header.lineSize = pick([64, 128])
    header.atomicUnit = pick([8, 16])
    header.buildIDs = pick([[], ["ab12", "x;y"]])
    header.routing = pick([nil, "first-device"])
    header.fidelity = pick([[], [FidelityNote(name: "n", text: pick(Self.texts))]])
    if Bool.random(using: &generator) {
      header.addressSpace = AddressSpace(
        devices: [
          Device(
            name: "D+0",
            size: 1 << 30,
            start: 4096,
            domain: pick(PersistenceDomain.allCases.filter { $0 != .disk })
          ),
          Device(name: pick(["E", "a;b"]), size: 1 << 20),
        ],
        segments: [
          Segment(begin: 0, length: 1 << 20, mapping: .linear(DeviceExtent(device: 0))),
          Segment(
            begin: 1 << 20,
            length: 1 << 16,
            mapping: .striped(
              chunk: 4096,
              [DeviceExtent(device: 0, offset: 1 << 20), DeviceExtent(device: 1)]
            )
          ),
        ]
      )
    }
    return header
  }

  private mutating func content(_ index: Int) -> Content {
    let kind = Int.random(in: 0..<3, using: &generator)
    var bytes = [UInt8](repeating: UInt8(index), count: 1024)
    if kind == 1 { bytes = bytes.map { _ in UInt8.random(in: 0...255, using: &generator) } }
    if kind == 2 {
      for line in 0..<64 {
        let words = [0x5450_4357, UInt32(index), 7 + UInt32(line / 32)]
        let number = UInt16(line % 32)
        let all = words + [UInt32(number) | UInt32(~number) << 16]
        for (place, word) in all.enumerated() {
          for byte in 0..<4 {
            bytes[line * 16 + place * 4 + byte] = UInt8(
              truncatingIfNeeded: word >> UInt32(8 * byte)
            )
          }
        }
      }
    }
    return Content(name: "\(pick(Self.texts))\(index)", bytes: bytes)
  }

  private mutating func site() -> Site {
    Site(
      frames: (0..<Int.random(in: 1...3, using: &generator)).map { _ in
        SiteFrame(
          address: pick([nil, 0, UInt64.random(in: 0...UInt64.max, using: &generator)]),
          text: pick(Self.texts)
        )
      }
    )
  }

  private mutating func append(_ number: Int, to trace: inout Trace, sites: Int, contents: Int) {
    let thread = pick([0, 0, 1, Event.maximumThread])
    let site = SiteID(Int.random(in: 0...sites, using: &generator))
    let address = UInt64.random(in: 0..<(1 << 20), using: &generator)
    switch pick(EventKind.allCases.filter { !$0.isOfDisk }) {
    case .mark: trace.append(mark(number, contents: contents), thread: thread)
    case let kind where kind.isStore:
      let size = pick([1, 2, 3, 4, 7, 8, 9, 16, 64, 300])
      let bytes = (0..<size).map { _ in pick([0, 0, 1, 255, 0x3b, 10]) as UInt8 }
      trace.appendStore(kind, address: address, bytes: bytes, thread: thread, site: site)
    case let kind where kind.isLineFlush:
      let payload = kind == .routedWriteBack ? UInt64(number) : 0
      trace.append(
        Event(kind, address: address, size: 64, payload: payload, thread: thread, site: site)
      )
    case .flushRequest:
      trace.append(
        Event(
          .flushRequest,
          address: address,
          size: pick([0, 1, 64, 5000]),
          payload: UInt64(number),
          thread: thread,
          site: site
        )
      )
    case let kind where kind == .deepFlush || kind == .msync:
      trace.append(Event(kind, address: address, size: 4096, thread: thread, site: site))
    case let kind: trace.append(Event(kind, thread: thread, site: site))
    }
  }

  private mutating func mark(_ number: Int, contents: Int) -> Mark {
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: return .label(pick(Self.texts))
    case 1: return .acknowledge(UInt32(number))
    default:
      let blocks = contents > 0 ? Int.random(in: 0...3, using: &generator) : 0
      let first = UInt64.random(in: 0...1000, using: &generator)
      return .begin(
        Operation(
          number: UInt32(number),
          kind: pick(OperationKind.allCases),
          isForced: Bool.random(using: &generator),
          sectors: first..<(first + UInt64(blocks) * 2),
          contents: (0..<blocks).map { _ in
            ContentID(Int.random(in: 0..<contents, using: &generator))
          }
        )
      )
    }
  }
}
