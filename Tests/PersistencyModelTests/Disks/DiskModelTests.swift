import BigInt
import PersistencyModel
import Testing

/// Choices at the end of a trace, and over all its crash points.
private struct Counts: Equatable {
  var end: Int
  var union: Int
}

/// Disks at the smallest size that can be wrong.
@Suite struct DiskModelTests {
  private let space: AddressSpace
  private let c1 = SectorToken(content: 0)
  private let c2 = SectorToken(content: 1)

  init() throws { space = try AddressSpace(inline: "linear:64,a=2s@disk,b=1s@disk") }

  private func trace(_ body: (inout Trace) -> Void) -> Trace {
    var trace = Trace()
    trace.header.addressSpace = space
    for name in ["c1", "c2"] {
      trace.define(Content(name: name, bytes: [UInt8](repeating: 1, count: 512)))
    }
    body(&trace)
    return trace
  }

  /// Choices at the end and over all crash points.
  private func counts(
    _ trace: Trace,
    domain: PersistenceDomain? = nil
  ) -> Counts {
    var options = ModelOptions()
    options.domainOverride = domain
    let machine = PersistencyMachine(options: options, addressSpace: space)
    var counter = ChoiceCounter()
    var end: BigUInt = 0
    var sweep = CrashSweep(trace, machine: machine)
    sweep.run { machine, _ in
      end = counter.add(machine).permitted
      return true
    }
    return Counts(end: Int(end), union: Int(counter.total))
  }

  private func flush(_ address: UInt64) -> Event {
    Event(.routedDiskFlush, address: address, size: 64)
  }

  @Test func aWriteIsVolatileUntilItsDiskIsFlushed() {
    let written = trace { $0.appendSectorWrite(c1, address: 64) }
    #expect(counts(written) == Counts(end: 2, union: 2))
    var flushed = written
    flushed.append(flush(128))
    #expect(counts(flushed) == Counts(end: 1, union: 2))
  }

  @Test func aRequestAloneGuaranteesNothing() {
    let asked = trace {
      $0.appendSectorWrite(c1, address: 64)
      $0.append(Event(.diskFlush, payload: 1))
    }
    #expect(counts(asked) == Counts(end: 2, union: 2))
  }

  @Test func theFlushOfAnotherDiskGuaranteesNothing() {
    let other = trace {
      $0.appendSectorWrite(c1, address: 64)
      $0.append(flush(192))
    }
    #expect(counts(other) == Counts(end: 2, union: 2))
  }

  @Test func aForcedWriteIsDurableWhenCompleteAndMayBeLostBefore() {
    let forced = trace { $0.appendSectorWrite(c1, address: 64, isForced: true) }
    #expect(counts(forced) == Counts(end: 1, union: 2))
  }

  @Test func aForcedWriteGuaranteesItsSectorAndNoOther() {
    let forced = trace {
      $0.appendSectorWrite(c1, address: 128)
      $0.appendSectorWrite(c1, address: 64)
      $0.appendSectorWrite(c2, address: 64, isForced: true)
    }
    #expect(counts(forced).end == 2)
    #expect(counts(forced).union == 6)
  }

  @Test func writesOfOneSectorLandInOrderAndThoseOfTwoInAny() {
    let one = trace {
      $0.appendSectorWrite(c1, address: 64)
      $0.appendSectorWrite(c2, address: 64)
    }
    let two = trace {
      $0.appendSectorWrite(c1, address: 64)
      $0.appendSectorWrite(c2, address: 128)
    }
    #expect(counts(one) == Counts(end: 3, union: 3))
    #expect(counts(two) == Counts(end: 4, union: 4))
  }

  @Test(arguments: [EventKind.clwb, .clflushopt, .clflush, .msync, .deepFlush, .flushRequest])
  func noFlushOfMemoryReachesADisk(kind: EventKind) {
    let written = trace {
      $0.appendSectorWrite(c1, address: 64)
      $0.append(Event(kind, address: 64, size: 64))
      $0.append(Event(.mfence))
      $0.append(Event(.lockedFence))
    }
    #expect(counts(written) == Counts(end: 2, union: 2))
  }

  @Test func noFlushOfADiskReachesMemory() {
    let stored = trace {
      $0.appendStore(.store, address: 0, bytes: [1])
      $0.append(Event(.clwb, address: 0, size: 64))
      $0.appendSectorWrite(c1, address: 64)
      $0.append(flush(64))
    }
    #expect(counts(stored) == Counts(end: 2, union: 4))
  }

  @Test(arguments: [PersistenceDomain.adr, .eadr, .wpq, .volatile])
  func whatIsSaidOfEveryDeviceIsNotSaidOfDisks(domain: PersistenceDomain) {
    let written = trace { $0.appendSectorWrite(c1, address: 64) }
    #expect(counts(written, domain: domain) == Counts(end: 2, union: 2))
  }

  @Test(arguments: TearMode.allCases)
  func aSectorNeverTears(tear: TearMode) {
    var options = ModelOptions()
    options.tear = tear
    var machine = PersistencyMachine(options: options, addressSpace: space)
    let written = trace {
      $0.appendSectorWrite(SectorToken(content: 1, sector: 7), address: 64)
    }
    machine.apply(written.events[0], at: 0, of: written) { _, _ in }
    let contents = machine.space(of: CacheLine(containing: 64)).distinctContents() ?? []
    let tokens = Set(contents.map { SectorToken($0) })
    let expected: Set<SectorToken> = [.initial, SectorToken(content: 1, sector: 7)]
    #expect(tokens == expected)
  }

  @Test func tokensSayContentAndSector() {
    let token = SectorToken(content: 41, sector: 3)
    #expect(token.rawValue == 3 << 32 | 42)
    #expect(token.content == 41 && token.sector == 3)
    #expect(SectorToken.initial.content == nil)
  }
}
