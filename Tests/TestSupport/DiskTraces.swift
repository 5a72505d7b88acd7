public import PersistencyModel

extension PersistenceDomain {
  /// Domains of memory that can be checked.
  public static let ofMemory = allCases.filter { $0 != .asynchronous && $0 != .disk }
}

/// Makes small random traces of memory and disks together.
///
/// The events of memory are those of another generator; those of disks are drawn between them.
public struct DiskTraceGenerator: Sendable {
  /// Makes the events of memory.
  public var memory = TraceGenerator()
  /// Disks behind memory.
  public var disks: ClosedRange<Int> = 1...2
  /// Sectors of each.
  public var sectors: ClosedRange<UInt64> = 1...3
  /// Events of disks for each event of memory.
  public var share = 1.0

  /// A generator of ADR memory before one or two disks.
  public init() {}

  /// The trace of a seed; contents recur, and disks are linear or striped.
  public func trace(seed: UInt64) -> GeneratedTrace {
    var random = SplitMix64(seed: seed ^ 0xd15c)
    var generated = memory.trace(seed: seed)
    let source = generated.trace
    let base = UInt64(generated.lines.count) * 64
    let space = join(source.header.addressSpace, base, &random)
    var trace = Trace()
    trace.header.addressSpace = space
    for number in 0..<4 {
      let bytes = [UInt8](repeating: UInt8(number + 1), count: 1024)
      trace.define(Content(name: "c\(number)", bytes: bytes))
    }
    for line in base / 64..<space.end / 64 { generated.initial[line] = LineBytes() }
    for event in source.events {
      while Double.random(in: 0..<1, using: &random) < share / (1 + share) {
        append(to: &trace, space, base, &random)
      }
      copy(event, of: source, to: &trace)
    }
    generated.trace = trace
    return generated
  }

  private func join(
    _ memory: AddressSpace?,
    _ base: UInt64,
    _ random: inout SplitMix64
  ) -> AddressSpace {
    var space = memory ?? AddressSpace(single: "D0", size: base)
    let count = Int.random(in: disks, using: &random)
    let size = UInt64.random(in: sectors, using: &random) * 64
    let first = space.devices.count
    for disk in 0..<count {
      space.devices.append(Device(name: "disk\(disk)", size: size, domain: .disk))
    }
    let extents = (first..<(first + count)).map { DeviceExtent(device: $0) }
    guard Bool.random(using: &random) else {
      for (place, extent) in extents.enumerated() {
        space.segments.append(
          Segment(begin: base + UInt64(place) * size, length: size, mapping: .linear(extent))
        )
      }
      return space
    }
    space.segments.append(
      Segment(begin: base, length: size * UInt64(count), mapping: .striped(chunk: 64, extents))
    )
    return space
  }

  private func append(
    to trace: inout Trace,
    _ space: AddressSpace,
    _ base: UInt64,
    _ random: inout SplitMix64
  ) {
    let thread = ThreadID(Int.random(in: 0..<2, using: &random))
    let address = base + UInt64.random(in: 0..<(space.end - base) / 64, using: &random) * 64
    switch Int.random(in: 0..<8, using: &random) {
    case 0..<5:
      let content = ContentID(Int.random(in: 0..<4, using: &random))
      let token = SectorToken(content: content, sector: Int.random(in: 0..<2, using: &random))
      let isInitial = Int.random(in: 0..<6, using: &random) == 0
      trace.appendSectorWrite(
        isInitial ? .initial : token,
        address: address,
        isForced: Int.random(in: 0..<4, using: &random) == 0,
        thread: thread
      )
    case 5: trace.append(Event(.diskFlush, payload: UInt64(trace.events.count), thread: thread))
    default:
      let disk = space.locate(address)?.device ?? 0
      let first = space.firstAddress(ofDevice: disk) ?? address
      trace.append(Event(.routedDiskFlush, address: first, size: 64, thread: thread))
    }
  }

  private func copy(_ event: Event, of source: Trace, to trace: inout Trace) {
    if event.kind == .mark {
      trace.append(source.mark(of: event), thread: event.thread)
    } else if event.kind.isStore {
      trace.appendStore(
        event.kind,
        address: event.address,
        bytes: source.bytes(of: event),
        thread: event.thread
      )
    } else {
      trace.append(event)
    }
  }
}
