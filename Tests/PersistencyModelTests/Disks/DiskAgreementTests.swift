import BigInt
import PersistencyModel
import TestSupport
import Testing

/// The model of disks against subsets of their caches, and against memory without disks.
@Suite struct DiskAgreementTests {
  private func options(_ tear: TearMode, _ order: StoreOrder, _ seed: UInt64) -> ModelOptions {
    var options = ModelOptions()
    options.tear = tear
    options.order = order
    options.treatsClflushAsWeak = seed % 3 == 0
    options.domainOverride = seed % 2 == 0 ? nil : PersistenceDomain.ofMemory[Int(seed / 2 % 4)]
    return options
  }

  @Test(arguments: TearMode.allCases, StoreOrder.allCases)
  func aCrashKeepsExactlyTheSubsetsOfTheDisksCaches(tear: TearMode, order: StoreOrder) {
    var generator = DiskTraceGenerator()
    generator.memory.domains = [.adr, .eadr, .wpq, .volatile]
    var points = 0
    for seed in UInt64(0)..<400 {
      let generated = generator.trace(seed: seed)
      points += expectAgreement(generated, options(tear, order, seed))
    }
    #expect(points > 3_000)
  }

  @Test(arguments: TearMode.allCases, StoreOrder.allCases)
  func disksChangeNothingForMemory(tear: TearMode, order: StoreOrder) {
    var generator = DiskTraceGenerator()
    generator.memory.domains = [.adr, .eadr, .wpq, .volatile]
    for seed in UInt64(9_000)..<9_200 {
      let generated = generator.trace(seed: seed)
      let options = options(tear, order, seed)
      let memory = generated.trace.events.indices.filter {
        !generated.trace.events[$0].kind.isOfDisk
      }
      let alone = generated.trace.replacing(events: memory.map { generated.trace.events[$0] })
      var both = machine(generated, options)
      var one = machine(generated, options)
      var done = 0
      for (index, event) in generated.trace.events.enumerated() {
        both.apply(event, at: index, of: generated.trace) { _, _ in }
        guard !event.kind.isOfDisk else { continue }
        one.apply(event, at: done, of: alone) { _, _ in }
        done += 1
        for line in both.touchedLines where both.domain(of: line) != .disk {
          #expect(both.space(of: line).idealCount == one.space(of: line).idealCount, "\(seed)")
          #expect(both.space(of: line).visible == one.space(of: line).visible, "\(seed)")
          #expect(both.space(of: line).durable == one.space(of: line).durable, "\(seed)")
        }
      }
    }
  }

  @Test func theUnionCountsEachNumberOfKeptWritesOnce() {
    var generator = DiskTraceGenerator()
    generator.memory.kinds = [.sfence]
    generator.memory.events = 1...6
    for seed in UInt64(500)..<900 {
      let generated = generator.trace(seed: seed)
      var counter = ChoiceCounter()
      var sweep = CrashSweep(generated.trace, machine: machine(generated, ModelOptions()))
      sweep.run { machine, _ in
        counter.add(machine)
        return true
      }
      #expect(counter.total == BigUInt(keptCounts(generated).count), "\(seed)")
    }
  }

  private func machine(
    _ generated: GeneratedTrace,
    _ options: ModelOptions
  ) -> PersistencyMachine {
    PersistencyMachine(options: options, addressSpace: generated.devices) {
      generated.initial[$0.index] ?? LineBytes()
    }
  }

  /// Compares every crash point, and each moment inside a forced write; returns how many there were.
  private func expectAgreement(_ generated: GeneratedTrace, _ options: ModelOptions) -> Int {
    guard let space = generated.devices else { return 0 }
    var specification = DiskSpecification(space)
    var machine = machine(generated, options)
    var points = 0
    func compare(_ machine: PersistencyMachine, _ expected: DiskSpecification, _ point: String) {
      points += 1
      #expect(diskImages(machine) == expected.outcomes, "seed \(generated.seed) at \(point)")
    }
    for (index, event) in generated.trace.events.enumerated() {
      let underWay = specification.apply(event)
      machine.apply(event, at: index, of: generated.trace) { machine, point in
        if let underWay, point.isInsideNext { compare(machine, underWay, point.description) }
      }
      compare(machine, specification, "\(index + 1)")
    }
    return points
  }

  /// The contents of disks that the model permits, zero left out.
  private func diskImages(_ machine: PersistencyMachine) -> Set<[UInt64: UInt64]> {
    var images: Set<[UInt64: UInt64]> = [[:]]
    for line in machine.touchedLines where machine.domain(of: line) == .disk {
      guard let contents = machine.space(of: line).distinctContents() else { return [] }
      images = Set(
        images.flatMap { image in
          contents.map { content in
            #expect(content.bytes.dropFirst(8).allSatisfy { $0 == 0 })
            var copy = image
            copy[line.address] = content.words[0] == 0 ? nil : content.words[0]
            return copy
          }
        }
      )
    }
    return images
  }

  /// For each choice at any crash point, how many writes of each sector it keeps.
  private func keptCounts(_ generated: GeneratedTrace) -> Set<[UInt64: Int]> {
    guard let space = generated.devices else { return [] }
    var least: [UInt64: Int] = [:]
    var most: [UInt64: Int] = [:]
    var seen: Set<[UInt64: Int]> = [[:]]
    func crash() {
      var choices: Set<[UInt64: Int]> = [[:]]
      for (sector, issued) in most {
        choices = Set(
          choices.flatMap { choice in
            ((least[sector] ?? 0)...issued).map { count in
              count == 0 ? choice : choice.merging([sector: count]) { $1 }
            }
          }
        )
      }
      seen.formUnion(choices)
    }
    for event in generated.trace.events {
      if event.kind.isSectorWrite { most[event.address, default: 0] += 1 }
      crash()
      if event.kind == .forcedSectorWrite { least[event.address] = most[event.address] }
      guard event.kind == .routedDiskFlush else { continue }
      let disk = space.locate(event.address)?.device
      for (sector, issued) in most where space.locate(sector)?.device == disk {
        least[sector] = issued
      }
    }
    crash()
    return seen
  }
}
