import ComparisonPolicies
import PersistencyModel
import TestSupport
import Testing

/// Asking whether one image is permitted, against listing all that are.
@Suite struct MembershipTests {
  @Test(arguments: TearMode.allCases, StoreOrder.allCases)
  func membershipAgreesWithEnumerationOnRandomTraces(tear: TearMode, order: StoreOrder) {
    var generator = TraceGenerator()
    generator.largestStore = 24
    generator.lines = 1...1
    var answers: [Permission: Int] = [:]
    for seed in UInt64(0)..<30 {
      let generated = generator.trace(seed: seed)
      var machine = machine(generated, tear: tear, order: order)
      let candidates = contentsEver(generated, machine)
      for (index, event) in generated.trace.events.enumerated() {
        machine.apply(event, at: index, of: generated.trace) { _, _ in }
        for line in generated.lines {
          let space = machine.space(of: CacheLine(index: line))
          let listed = Set(space.distinctContents() ?? [])
          let table = LineMembership(space)
          for content in candidates[line, default: []].union(listed) {
            let answer = table.permission(of: content)
            answers[answer, default: 0] += 1
            #expect((answer == .permitted) == listed.contains(content), "seed \(seed)")
          }
        }
      }
    }
    #expect(answers[.permitted, default: 0] > 100)
    #expect(answers[.forbidden, default: 0] > 100)
    #expect(answers[.unknown] == nil)
  }

  @Test func thePositionsKeptAreAnIdealThatLeavesTheContent() {
    for seed in UInt64(100)..<110 {
      let generated = TraceGenerator().trace(seed: seed)
      var machine = machine(generated, tear: .w8, order: .line)
      for (index, event) in generated.trace.events.enumerated() {
        machine.apply(event, at: index, of: generated.trace) { _, _ in }
      }
      for line in machine.pendingLines {
        let space = machine.space(of: line)
        let table = LineMembership(space)
        for content in (space.distinctContents() ?? []).prefix(200) {
          let kept = table.positionsKept(leaving: content)
          #expect(kept.map { space.isIdeal(Set($0)) } == true)
          #expect(kept.map { kept in space.content { kept.contains($0) } } == content)
        }
      }
    }
  }

  @Test func aLineWithTooManyIdealsIsNotDecided() {
    var trace = Trace()
    for value in UInt8(1)...9 { trace.appendStore(.store, address: 0, bytes: [value]) }
    var machine = PersistencyMachine(options: ModelOptions())
    for (index, event) in trace.events.enumerated() {
      machine.apply(event, at: index, of: trace) { _, _ in }
    }
    let space = machine.space(of: CacheLine(index: 0))
    #expect(LineMembership(space).permission(of: LineBytes([9])) == .permitted)
    #expect(LineMembership(space).permission(of: LineBytes([10])) == .forbidden)
    #expect(LineMembership(space, limit: 3).permission(of: LineBytes([9])) == .unknown)
    #expect(LineMembership(space, limit: 3).permission(of: LineBytes([9, 1])) == .forbidden)
  }

  @Test(arguments: [ComparisonPolicy.yat, .pmreorderAccumulative, .mumak])
  func aProbeThatFollowsAnImageAgreesWithAskingForAllOfIt(policy: ComparisonPolicy) {
    var answers: Set<Permission> = []
    for seed in UInt64(200)..<215 {
      let generated = TraceGenerator().trace(seed: seed)
      let initial = generated.initial
      let subject = PolicySubject(trace: generated.trace) { initial[$0.index] ?? LineBytes() }
      var probe = PermissionProbe(subject)
      var machine = subject.machine
      var applied = 0
      var contents: [CacheLine: LineBytes] = [:]
      policy.explore(subject, limit: 40) { image in
        for (line, content) in image.changes { contents[line] = content }
        probe.advance(to: image.point)
        probe.change(image.changes)
        while applied < image.point.events {
          machine.apply(generated.trace.events[applied], at: applied, of: generated.trace) { _, _ in
          }
          applied += 1
        }
        var tables: [CacheLine: LineMembership] = [:]
        let whole = machine.permission(of: contents, initial: subject.initial, tables: &tables)
        #expect(probe.permission == whole, "seed \(seed), point \(image.point.description)")
        answers.insert(whole)
        return true
      }
    }
    #expect(answers == (policy == .mumak ? [.permitted] : [.permitted, .forbidden]))
  }

  private func machine(
    _ generated: GeneratedTrace,
    tear: TearMode,
    order: StoreOrder
  ) -> PersistencyMachine {
    var options = ModelOptions()
    options.tear = tear
    options.order = order
    let initial = generated.initial
    return PersistencyMachine(options: options, addressSpace: generated.devices) {
      initial[$0.index] ?? LineBytes()
    }
  }

  /// Contents that a line may have at any crash point, and a mixture of their words.
  private func contentsEver(
    _ generated: GeneratedTrace,
    _ before: PersistencyMachine
  ) -> [UInt64: Set<LineBytes>] {
    var machine = before
    var found: [UInt64: Set<LineBytes>] = [:]
    for (index, event) in generated.trace.events.enumerated() {
      machine.apply(event, at: index, of: generated.trace) { _, _ in }
      for line in generated.lines {
        let contents = machine.space(of: CacheLine(index: line)).distinctContents() ?? []
        found[line, default: []].formUnion(contents.prefix(40))
        if let first = contents.first, let last = contents.last {
          found[line, default: []].insert(first.merging(last, mask: LineBytes.mask(0..<32)))
        }
      }
    }
    return found
  }
}
