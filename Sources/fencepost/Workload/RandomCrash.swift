import PersistencyModel

/// One permitted crash image, drawn at random.
struct RandomCrash {
  /// Events complete when power is lost.
  let events: Int
  /// What is left.
  let image: MemoryImage

  /// A crash after at least so many events of a run: any pending piece is lost, kept, or drawn.
  init(in run: CacheRun, after first: Int, _ numbers: inout SeededBits) {
    let trace = run.trace
    events = Int.random(in: first...trace.events.count, using: &numbers)
    let initial = run.initial
    var machine = PersistencyMachine(
      options: ModelOptions(),
      addressSpace: trace.header.addressSpace
    ) { initial[$0] }
    for index in 0..<events {
      machine.apply(trace.events[index], at: index, of: trace) { _, _ in }
    }
    let mood = Int.random(in: 0..<4, using: &numbers)
    var image = initial
    for line in machine.touchedLines {
      let space = machine.space(of: line)
      switch mood {
      case 0: image[line] = space.visible
      case 1: image[line] = space.durable
      default: image[line] = Self.drawn(space, &numbers)
      }
    }
    self.image = image
  }

  private static func drawn(_ space: LineSpace, _ numbers: inout SeededBits) -> LineBytes {
    var content = space.durable
    for component in space.components {
      guard let ideals = component.ideals(limit: 1 << 12),
        let ideal = ideals.randomElement(using: &numbers)
      else { continue }
      content = content.merging(component.content(of: ideal), mask: component.mask)
    }
    return content
  }
}
