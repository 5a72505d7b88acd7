import BigInt
import PersistencyModel
import TestSupport

/// What the model and the slow closed form say differently of one trace.
struct AgreementComparison {
  let generated: GeneratedTrace
  private(set) var reading: SlowReading
  let slow: SlowClosedForm
  private(set) var differences: [String] = []

  /// A comparison under the model's reading of data that bypasses the cache (`landsAsRecorded`), or
  /// the reference's.
  init(
    _ generated: GeneratedTrace,
    tear: TearMode = .w8,
    order: StoreOrder = .line,
    landsAsRecorded: Bool = true
  ) {
    self.generated = generated
    reading = SlowReading(
      tearing: SlowTearing(rawValue: tear.rawValue) ?? .w8,
      order: SlowOrder(rawValue: order.rawValue) ?? .line,
      devices: generated.devices
    )
    reading.landsAsRecorded = landsAsRecorded
    slow = SlowClosedForm(
      trace: generated.trace,
      reading: reading,
      initial: generated.initial
    )
    options.tear = tear
    options.order = order
  }

  private var options = ModelOptions()

  /// A machine of the model before the first event.
  func machine() -> PersistencyMachine {
    PersistencyMachine(options: options, addressSpace: generated.devices) {
      [initial = slow.initial] in
      initial[$0.index] ?? LineBytes()
    }
  }

  /// Compares every crash point and the union.
  mutating func compareAll() {
    comparePoints()
    compareUnion()
  }

  private mutating func comparePoints() {
    var machine = machine()
    compare(machine, at: 0)
    for (index, event) in generated.trace.events.enumerated() {
      machine.apply(event, at: index, of: generated.trace) { _, _ in }
      compare(machine, at: index + 1)
    }
  }

  private mutating func compare(_ machine: PersistencyMachine, at point: Int) {
    var choices: BigUInt = 1
    for line in generated.lines {
      let space = machine.space(of: CacheLine(index: line))
      let ideals = slow.ideals(line: line, at: point)
      let contents = slow.contents(line: line, at: point)
      let name = "point \(point), line \(line)"
      expect(space.idealCount, BigUInt(ideals.count), "\(name): ideals")
      expect(Set((space.distinctContents() ?? []).map(\.bytes)), contents, "\(name): contents")
      expect(space.distinctContentCount(), BigUInt(contents.count), "\(name): content count")
      expect(listedCount(space), BigUInt(ideals.count), "\(name): listed ideals")
      let all = slow.contents(line: line, keeping: slow.issued(line: line, at: point))
      expect([space.visible.bytes], all, "\(name): visible")
      choices *= space.idealCount
    }
    expect(choices, BigUInt(slow.choiceCount(at: point)), "point \(point): choices")
  }

  private func listedCount(_ space: LineSpace) -> BigUInt? {
    var product: BigUInt = 1
    for component in space.components {
      guard let ideals = component.ideals() else { return nil }
      product *= BigUInt(Set(ideals).count)
    }
    return product
  }

  private mutating func compareUnion() {
    guard let expectedChoices = slow.unionChoiceCount(limit: AgreementComparison.limit),
      let expectedImages = slow.unionImages(over: generated.lines, limit: AgreementComparison.limit)
    else { return }
    isUnionCompared = true
    expect(choiceCount(everyPoint: false), BigUInt(expectedChoices), "union: choices")
    expect(choiceCount(everyPoint: true), BigUInt(expectedChoices), "union: choices, every point")
    expect(imagesOfSweep(), expectedImages, "union: images")
  }

  /// Most choices of one crash point for which the union is listed.
  static let limit = 200
  /// Whether the union was small enough to be compared.
  private(set) var isUnionCompared = false

  private func sweep(everyPoint: Bool) -> CrashSweep {
    let boundaries = everyPoint ? Array(0..<generated.trace.events.count) : []
    return CrashSweep(generated.trace, machine: machine(), boundaries: boundaries)
  }

  private func choiceCount(everyPoint: Bool) -> BigUInt {
    var sweep = sweep(everyPoint: everyPoint)
    var counter = ChoiceCounter()
    sweep.run { machine, _ in
      counter.add(machine)
      return true
    }
    return counter.total
  }

  /// Every image at a crash point at which the sweep stops.
  func imagesOfSweep() -> Set<[UInt8]> {
    var sweep = sweep(everyPoint: false)
    var images: Set<[UInt8]> = []
    sweep.run { machine, _ in
      images.formUnion(self.images(of: machine))
      return true
    }
    return images
  }

  /// Every image that a machine permits now.
  func images(of machine: PersistencyMachine) -> Set<[UInt8]> {
    var partial: [[UInt8]] = [[]]
    for line in generated.lines {
      let contents = machine.space(of: CacheLine(index: line)).distinctContents() ?? []
      partial = partial.flatMap { head in contents.map { head + $0.bytes } }
    }
    return Set(partial)
  }

  private mutating func expect<Value: Equatable>(_ found: Value, _ expected: Value, _ name: String)
  {
    if found != expected { differences.append("\(name): \(found), not \(expected)") }
  }
}

extension GeneratedTrace {
  /// The events, readable, for a failed comparison.
  var summary: String {
    let names = (devices?.devices ?? []).map(\.domain.rawValue).joined(separator: ",")
    let places = lines.map { "\(devices?.locate($0 * 64)?.device ?? 0)" }.joined(separator: ",")
    let events = trace.events.map { event in
      let bytes = event.kind.isStore ? " \(trace.bytes(of: event))" : ""
      return "t\(event.thread) \(event.kind) \(event.address)+\(event.size)\(bytes)"
    }
    return "seed \(seed) domains \(names) lines on \(places): " + events.joined(separator: "; ")
  }
}
