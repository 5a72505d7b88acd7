import PersistencyModel

/// Memory that a power cut leaves, and how to make it again.
struct CutState: Hashable {
  var image: MemoryImage
  var point: CrashPoint
  var keep: KeepSpec
}

extension Incarnation {
  /// The state that a seed draws at, or inside, the last step.
  func state(drawnBy seed: UInt64, _ options: ModelOptions) -> CutState {
    var generator = SeededGenerator(seed: seed)
    let end = trace.events.count
    let isAtEnd = seed < 2 || Bool.random(using: &generator)
    let first = stepStarts.last ?? 0
    let point = isAtEnd ? end : Int.random(in: first...end, using: &generator)
    let machine = machine(at: point, options)
    var keep = KeepSpec(keepsAll: seed != 0)
    guard seed > 1 else { return state(keep, machine, CrashPoint(point)) }
    for line in machine.pendingLines {
      let space = machine.space(of: line)
      keep.choices[line] = Self.draw(space, &generator)
    }
    return state(keep, machine, CrashPoint(point))
  }

  /// The distinct states that a crash inside the last step may leave, up to a limit.
  ///
  /// - Returns: the states in a fixed order, and whether these are all.
  func states(limit: Int, _ options: ModelOptions) -> (states: [CutState], isComplete: Bool) {
    // Which promises held does not matter: what was observed is durable from here on.
    var seen: Set<MemoryImage> = []
    var states: [CutState] = []
    var isComplete = true
    let first = stepStarts.last ?? 0
    var sweep = CrashSweep(
      trace,
      machine: machine(at: 0, options),
      boundaries: boundaries
    )
    sweep.run { machine, point in
      guard point.events >= first, !point.isInsideNext else { return true }
      isComplete =
        KeptProduct(machine).forEach { keep in
          let state = state(keep, machine, point)
          guard !seen.contains(state.image) else { return true }
          guard states.count < limit else { return false }
          seen.insert(state.image)
          states.append(state)
          return true
        } && isComplete
      return isComplete
    }
    return (states, isComplete)
  }

  private func machine(at point: Int, _ options: ModelOptions) -> PersistencyMachine {
    let initial = initial
    var machine = PersistencyMachine(
      options: options,
      addressSpace: trace.header.addressSpace
    ) { initial[$0] }
    for index in 0..<point {
      machine.apply(trace.events[index], at: index, of: trace) { _, _ in }
    }
    return machine
  }

  private func state(
    _ keep: KeepSpec,
    _ machine: PersistencyMachine,
    _ point: CrashPoint
  ) -> CutState {
    var image = initial
    do throws(KeepSpec.Failure) {
      for (line, content) in try keep.contents(in: machine) { image[line] = content }
    } catch {
      preconditionFailure("What is kept is an ideal: \(error.reason)")
    }
    return CutState(image: image, point: point, keep: keep)
  }

  /// An ideal of a line, piece by piece in issue order.
  private static func draw(
    _ space: LineSpace,
    _ generator: inout SeededGenerator
  ) -> KeepSpec.Choice {
    var kept: Set<Int> = []
    for position in space.pending.indices where Bool.random(using: &generator) {
      if space.isIdeal(kept.union([position])) { kept.insert(position) }
    }
    let lost = space.pending.indices.filter { !kept.contains($0) }.map { $0 + 1 }
    return KeepSpec.Choice(losing: lost, of: space.pending.count)
  }
}

/// One ideal for every line with something pending.
private struct KeptProduct {
  /// Most ideals of one line that are listed.
  private static let mostIdeals = 1 << 12

  private var lines: [(line: CacheLine, choices: [KeepSpec.Choice])] = []
  private var isComplete = true

  init(_ machine: PersistencyMachine) {
    for line in machine.pendingLines { lines.append((line, choices(machine.space(of: line)))) }
  }

  /// Goes through all, the last line fastest, until `visit` returns `false`; returns whether these were all.
  func forEach(_ visit: (KeepSpec) -> Bool) -> Bool {
    var positions = lines.map { _ in 0 }
    while true {
      var keep = KeepSpec(keepsAll: true)
      for (index, position) in positions.enumerated() {
        keep.choices[lines[index].line] = lines[index].choices[position]
      }
      guard visit(keep) else { return false }
      guard
        let turned = positions.indices.last(where: { positions[$0] + 1 < lines[$0].choices.count })
      else { return isComplete }
      positions[turned] += 1
      for index in positions.indices where index > turned { positions[index] = 0 }
    }
  }

  /// One choice for each distinct content that the line's ideals leave, that keeping nothing first.
  private mutating func choices(_ space: LineSpace) -> [KeepSpec.Choice] {
    var seen: Set<LineBytes> = []
    var choices: [KeepSpec.Choice] = []
    var ideals: [Set<Int>] = [[]]
    for position in space.pending.indices {
      guard ideals.count < Self.mostIdeals else {
        isComplete = false
        break
      }
      ideals += ideals.map { $0.union([position]) }.filter(space.isIdeal)
    }
    for kept in ideals where seen.insert(space.content(where: kept.contains)).inserted {
      let lost = space.pending.indices.filter { !kept.contains($0) }.map { $0 + 1 }
      choices.append(KeepSpec.Choice(losing: lost, of: space.pending.count))
    }
    return choices
  }
}
