public import PersistencyModel

/// A random trace with the memory and the devices it starts from.
public struct GeneratedTrace: Sendable {
  /// The seed that makes it again.
  public var seed: UInt64
  /// The trace; its header says the devices.
  public var trace: Trace
  /// Memory before the first event, every line of it.
  public var initial: [UInt64: LineBytes]

  /// A trace of one's own, such as one of a small scope.
  public init(seed: UInt64 = 0, trace: Trace, initial: [UInt64: LineBytes]) {
    self.seed = seed
    self.trace = trace
    self.initial = initial
  }

  /// Numbers of the lines of its memory, ascending.
  public var lines: [UInt64] { initial.keys.sorted() }

  /// Devices of the memory.
  public var devices: AddressSpace? { trace.header.addressSpace }

  /// Whether threads store to a common word and at least one bypasses the cache.
  ///
  /// The order in which such stores land is not the recorded one (section 7 of the reference), so
  /// readings of the model may differ here.
  public var mixesThreadsOnNonTemporalWord: Bool {
    let stores = trace.events.filter(\.kind.isStore)
    return stores.contains { first in
      first.kind == .nonTemporalStore
        && stores.contains { $0.thread != first.thread && sharesWord($0, first) }
    }
  }

  /// Whether one thread's non-temporal store of at most 8 bytes, which may be kept whole, lies on two words
  /// and another thread's later store is cut between them.
  ///
  /// The one may then land between the parts of the other. An execution in which a store becomes visible at
  /// once does not show that; the union of both orders of every two parts does.
  public var cutsWholeNonTemporalStore: Bool {
    let stores = trace.events.filter(\.kind.isStore)
    return stores.enumerated().contains { index, whole in
      whole.kind == .nonTemporalStore && whole.size <= 8
        && whole.address % 8 + UInt64(whole.size) > 8
        && stores[(index + 1)...].contains { later in
          let boundary = (whole.address / 8 + 1) * 8
          return later.thread != whole.thread && later.size > 8 && later.address < boundary
            && later.address + UInt64(later.size) > boundary
        }
    }
  }

  private func sharesWord(_ left: Event, _ right: Event) -> Bool {
    left.address / 8 <= (right.address + UInt64(right.size) - 1) / 8
      && right.address / 8 <= (left.address + UInt64(left.size) - 1) / 8
  }
}

/// Makes small random traces of every kind of event.
public struct TraceGenerator: Sendable {
  /// Lines of memory, from address 0.
  public var lines: ClosedRange<UInt64> = 1...3
  /// Events of a trace.
  public var events: ClosedRange<Int> = 1...8
  /// Threads of a trace.
  public var threads: ClosedRange<Int> = 1...2
  /// Bytes of the largest store.
  public var largestStore = 80
  /// Domains that devices may have.
  public var domains: [PersistenceDomain] = [.adr]
  /// Kinds of events, the frequent ones more than once.
  public var kinds: [EventKind] = [
    .store, .store, .store, .store, .store, .nonTemporalStore, .nonTemporalStore, .lockedStore,
    .lockedFence, .clwb, .clwb, .clflushopt, .clflush, .clflush, .sfence, .sfence, .mfence,
    .flushRequest, .routedWriteBack, .routedWriteBack, .deepFlush, .msync, .mark,
  ]

  /// A generator of ADR traces.
  public init() {}

  /// The trace of a seed.
  public func trace(seed: UInt64) -> GeneratedTrace {
    var random = SplitMix64(seed: seed)
    let lineCount = UInt64.random(in: lines, using: &random)
    let threadCount = Int.random(in: threads, using: &random)
    var trace = Trace()
    trace.header.addressSpace = devices(lineCount, &random)
    let initial = initialLines(lineCount, &random)
    for number in 0..<Int.random(in: events, using: &random) {
      let thread = ThreadID(Int.random(in: 0..<threadCount, using: &random))
      append(number, thread, lineCount, to: &trace, &random)
    }
    return GeneratedTrace(seed: seed, trace: trace, initial: initial)
  }

  /// One or two devices, of which each line is on either.
  private func devices(_ lineCount: UInt64, _ random: inout SplitMix64) -> AddressSpace {
    let devices = (0..<2).map {
      Device(name: "D\($0)", size: lineCount * 64, domain: pick(domains, &random))
    }
    let segments = (0..<lineCount).map { line in
      let extent = DeviceExtent(device: pick([0, 1], &random), offset: line * 64)
      return Segment(begin: line * 64, length: 64, mapping: .linear(extent))
    }
    return AddressSpace(devices: devices, segments: segments)
  }

  private func initialLines(
    _ lineCount: UInt64,
    _ random: inout SplitMix64
  ) -> [UInt64: LineBytes] {
    let fill = pick([UInt8(0), 0xee, 1], &random)
    let line = LineBytes([UInt8](repeating: fill, count: 64))
    return Dictionary(uniqueKeysWithValues: (0..<lineCount).map { ($0, line) })
  }

  private func append(
    _ number: Int,
    _ thread: ThreadID,
    _ lineCount: UInt64,
    to trace: inout Trace,
    _ random: inout SplitMix64
  ) {
    let end = lineCount * 64
    let kind = pick(kinds, &random)
    switch kind {
    case .store, .nonTemporalStore, .lockedStore:
      let range = storeRange(end, isLocked: kind == .lockedStore, &random)
      trace.appendStore(
        kind,
        address: range.lowerBound,
        bytes: bytes(number, range.count, &random),
        thread: thread
      )
    case .clwb, .clflushopt, .clflush, .routedWriteBack:
      let address = UInt64.random(in: 0..<end, using: &random)
      trace.append(Event(kind, address: address, size: 64, payload: 0, thread: thread))
    case .deepFlush, .msync, .flushRequest:
      let begin = UInt64.random(in: 0..<end, using: &random)
      let size = UInt64.random(in: 1...(end - begin), using: &random)
      trace.append(Event(kind, address: begin, size: Int(size), thread: thread))
    case .sectorWrite, .forcedSectorWrite, .diskFlush, .routedDiskFlush:
      preconditionFailure("Disks have a generator of their own")
    case .sfence, .mfence, .lockedFence: trace.append(Event(kind, thread: thread))
    case .mark: trace.append(.label("mark \(number)"), thread: thread)
    }
  }

  /// Where a store goes: mostly few bytes in the same few words, so that stores meet.
  private func storeRange(
    _ end: UInt64,
    isLocked: Bool,
    _ random: inout SplitMix64
  ) -> Range<UInt64> {
    let sizes = isLocked ? [1, 4, 8, 16] : [1, 2, 4, 8, 8, 16, 24, 64, largestStore]
    let size = UInt64(min(pick(sizes, &random), largestStore, Int(end)))
    let offsets: [UInt64] = [0, 0, 4, 8, 8, 12, 16, 40, 56, 60, 62]
    let line = UInt64.random(in: 0..<(end / 64), using: &random)
    let begin = min(line * 64 + pick(offsets, &random), end - size)
    return begin..<(begin + size)
  }

  /// What a store writes: bytes of its own, or a constant that makes contents recur.
  private func bytes(_ number: Int, _ count: Int, _ random: inout SplitMix64) -> [UInt8] {
    let constants: [UInt8?] = [0, 1, nil, nil]
    if let constant = pick(constants, &random) { return [UInt8](repeating: constant, count: count) }
    return (0..<count).map { UInt8(truncatingIfNeeded: (number + 2) * 16 + $0) }
  }

  private func pick<Element>(_ choices: [Element], _ random: inout SplitMix64) -> Element {
    choices[Int.random(in: 0..<choices.count, using: &random)]
  }
}
