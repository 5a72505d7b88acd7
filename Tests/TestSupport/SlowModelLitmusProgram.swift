public import PersistencyModel

extension LitmusTest {
  /// The lines of its memory, ascending.
  ///
  /// Variables name lines, and raw bytes may run over into the next one.
  public var lines: [UInt64] {
    let named = layout.values.map(\.line)
    let stored = threads.joined().flatMap { event -> [UInt64] in
      guard event.loc != nil else { return [] }
      return Array(CacheLine.covering(address(of: event), size: UInt64(size(of: event))))
    }
    return Set(named + stored).sorted()
  }

  /// The reading that it asks for.
  public func reading(order: SlowOrder = .line) -> SlowReading {
    guard let tearing = SlowTearing(rawValue: tear), let domain = PersistenceDomain(rawValue: model)
    else { preconditionFailure("\(name) has a known tear mode and domain") }
    return SlowReading(tearing: tearing, order: order, domain: domain)
  }

  /// Memory before the first instruction.
  public var initialLines: [UInt64: LineBytes] {
    var memory = SlowMemory(lines: lines, initial: [:])
    for (variable, number) in (initial ?? [:]).sorted(by: { $0.key < $1.key }) {
      guard let place = layout[variable] else { preconditionFailure("\(variable) has a place") }
      memory.write([UInt8](littleEndian: number.value, size: place.size), at: place.address)
    }
    return Dictionary(
      uniqueKeysWithValues: lines.map { ($0, LineBytes(memory.read($0 * 64, size: 64))) }
    )
  }

  /// The program; `msync` counts as one weak flush per line and a fence.
  public var program: SlowProgram {
    SlowProgram(
      lines: lines,
      initial: initialLines,
      threads: threads.map { $0.flatMap { instructions(of: $0) } }
    )
  }

  /// The values of the test's variables in an image.
  public func row(of image: [UInt8]) -> [UInt64] {
    var memory = SlowMemory(lines: lines, initial: [:])
    memory.bytes = image
    return vars.map { variable in
      layout[variable].map { memory.read($0.address, size: $0.size).littleEndianValue } ?? 0
    }
  }

  private func instructions(of event: LitmusEvent) -> [SlowInstruction] {
    let condition = event.condition ?? [:]
    if event.op == "msync" {
      return SlowInstruction.msync(address(of: event), size: event.len ?? 0, if: condition)
    }
    return [SlowInstruction(action(of: event), if: condition)]
  }

  private func action(of event: LitmusEvent) -> SlowInstruction.Action {
    switch event.op {
    case "store": .store(address(of: event), value(of: event))
    case "nt": .nonTemporal(address(of: event), value(of: event))
    case "clflush": .clflush(address(of: event))
    case "clflushopt", "clwb": .weakFlush(address(of: event))
    case "sfence": .storeFence
    case "mfence": .fullFence
    case "rmw": .locked(address(of: event), locked(event))
    case "load": .load(address(of: event), size: size(of: event), into: event.reg ?? "")
    default: preconditionFailure("\(name): \(event.op) is a known event")
    }
  }

  private func locked(_ event: LitmusEvent) -> SlowLocked {
    let size = size(of: event)
    if let addend = event.add { return .add(addend, size: size) }
    guard case .bytes(let new) = value(of: event) else {
      preconditionFailure("\(name): a locked operation writes a number")
    }
    guard let expected = event.expect else { return .exchange(new) }
    return .compare(expected: [UInt8](littleEndian: expected, size: size), new: new)
  }

  private func value(of event: LitmusEvent) -> SlowValue {
    if let hex = event.hex { return .bytes([UInt8](hex: hex)) }
    let size = size(of: event)
    if let register = event.val?.register { return .register(register, size: size) }
    return .bytes([UInt8](littleEndian: event.val?.number ?? 0, size: size))
  }

  private func address(of event: LitmusEvent) -> UInt64 {
    (event.loc.flatMap { layout[$0]?.address } ?? 0) + (event.off ?? 0)
  }

  private func size(of event: LitmusEvent) -> Int {
    if let hex = event.hex { return hex.count / 2 }
    return event.size ?? event.len ?? event.loc.flatMap { layout[$0]?.size } ?? 0
  }
}
