public import PersistencyModel

/// Looks through a trace and the reads beside it for persistency races.
///
/// Time: one pass of the trace, and for each store that becomes durable the reads its thread depends on.
public struct RaceSearch {
  /// A store that a thread has read and that is not durable yet.
  private struct Dependency: Hashable {
    var source: Int
    var readSite: SiteID
    var since: Int
  }

  /// Sites of the two stores: one race each.
  private struct Pair: Hashable {
    var source: SiteID
    var effect: SiteID
  }

  private let trace: Trace
  private var machine: PersistencyMachine
  private var dependencies: [ThreadID: [Dependency]] = [:]
  /// By line: stores of threads that depend on something, not durable yet, in order.
  private var effects: [UInt64: [Int]] = [:]
  private var places: [Pair: Int] = [:]
  private var races: [PersistencyRace] = []

  private init(_ trace: Trace, _ options: ModelOptions) {
    self.trace = trace
    machine = PersistencyMachine(options: options, addressSpace: trace.header.addressSpace)
  }

  /// The races of a trace.
  ///
  /// - Parameters:
  ///   - trace: the events.
  ///   - reads: loads of what other threads stored, in order of their positions.
  ///   - options: the model that says what is durable.
  /// - Returns: one for each pair of places, in the order of the events that complete the first of them.
  public static func races(
    in trace: Trace,
    reads: [RecordedRead],
    options: ModelOptions = ModelOptions()
  ) -> [PersistencyRace] {
    var search = RaceSearch(trace, options)
    var next = 0
    for (index, event) in trace.events.enumerated() {
      while next < reads.count, reads[next].position <= index {
        search.take(reads[next])
        next += 1
      }
      search.take(event, at: index)
    }
    return search.races
  }

  private mutating func take(_ read: RecordedRead) {
    for source in pendingSources(of: read) {
      let known = dependencies[read.thread, default: []]
      guard !known.contains(where: { $0.source == source }) else { continue }
      dependencies[read.thread, default: []].append(
        Dependency(source: source, readSite: read.site, since: read.position)
      )
    }
  }

  /// The newest stores of other threads to the bytes read that are not durable.
  private func pendingSources(of read: RecordedRead) -> [Int] {
    var found: Set<Int> = []
    let end = read.address + UInt64(read.size)
    for index in CacheLine.covering(read.address, size: UInt64(read.size)) {
      let line = CacheLine(index: index)
      let pending = machine.space(of: line).pending
      for address in max(read.address, line.address)..<min(end, line.address + CacheLine.size) {
        let byte = Int(address - line.address)
        let newest = pending.last {
          byte >= Int($0.offset) && byte < Int($0.offset) + Int($0.size)
        }
        if let newest, newest.thread != read.thread { found.insert(newest.event) }
      }
    }
    return found.sorted()
  }

  private mutating func take(_ event: Event, at index: Int) {
    machine.apply(event, at: index, of: trace) { _, _ in }
    let changed = machine.takeChangedLines()
    if event.kind.isStore, dependencies[event.thread] != nil { noteEffect(event, index) }
    guard !effects.isEmpty else { return }
    for line in changed { settle(line, at: index) }
  }

  private mutating func noteEffect(_ event: Event, _ index: Int) {
    dropDurableDependencies(of: event.thread)
    guard dependencies[event.thread] != nil else { return }
    for line in CacheLine.covering(event.address, size: UInt64(event.size)) {
      effects[line, default: []].append(index)
    }
  }

  private mutating func dropDurableDependencies(of thread: ThreadID) {
    let rest = (dependencies[thread] ?? []).filter { isPending($0.source) }
    dependencies[thread] = rest.isEmpty ? nil : rest
  }

  private func isPending(_ store: Int) -> Bool {
    let event = trace.events[store]
    return CacheLine.covering(event.address, size: UInt64(event.size)).contains { line in
      machine.space(of: CacheLine(index: line)).pending.contains { $0.event == store }
    }
  }

  /// Looks at the stores of a line that have become durable.
  private mutating func settle(_ line: CacheLine, at index: Int) {
    guard let waiting = effects[line.index] else { return }
    let pending = Set(machine.space(of: line).pending.map(\.event))
    for effect in waiting where !pending.contains(effect) {
      judge(effect, on: line, at: index)
      forget(effect)
    }
  }

  private mutating func forget(_ effect: Int) {
    let event = trace.events[effect]
    for line in CacheLine.covering(event.address, size: UInt64(event.size)) {
      effects[line]?.removeAll { $0 == effect }
      if effects[line]?.isEmpty == true { effects[line] = nil }
    }
  }

  private mutating func judge(_ effect: Int, on line: CacheLine, at index: Int) {
    let thread = trace.events[effect].thread
    for dependency in dependencies[thread] ?? [] where dependency.since <= effect {
      let source = trace.events[dependency.source]
      // Of one line nothing later is durable without what is earlier.
      let isOnLine = CacheLine.covering(source.address, size: UInt64(source.size)).contains(
        line.index
      )
      guard !isOnLine, isPending(dependency.source) else { continue }
      note(
        PersistencyRace(
          source: dependency.source,
          readSite: dependency.readSite,
          effect: effect,
          durableAt: index
        )
      )
    }
  }

  private mutating func note(_ race: PersistencyRace) {
    let pair = Pair(
      source: trace.events[race.source].site,
      effect: trace.events[race.effect].site
    )
    if let known = places[pair] {
      races[known].count += 1
    } else {
      places[pair] = races.count
      races.append(race)
    }
  }
}
