/// Goes through a trace and stops at every crash point that matters.
///
/// Stops before each event after which fewer states are possible (a *shrinking event*), inside each store
/// into a domain that includes the caches and each forced write of a sector, at each of the given boundaries, and at the end. The union of
/// the states at these points is the union over all crash points (persistency model reference, section 4,
/// *Pruning*).
public struct CrashSweep {
  /// The machine after the events applied so far.
  public private(set) var machine: PersistencyMachine
  private let trace: Trace
  private let boundaries: [Int]

  /// A sweep.
  ///
  /// - Parameters:
  ///   - trace: what was recorded.
  ///   - machine: a machine before the first event.
  ///   - boundaries: crash points (numbers of complete events), ascending, at which to stop as well
  ///     because what was promised changes right after them.
  public init(_ trace: Trace, machine: PersistencyMachine, boundaries: [Int] = []) {
    self.trace = trace
    self.machine = machine
    self.boundaries = boundaries
  }

  /// Visits the crash points in ascending order; several may have the same number of events.
  ///
  /// - Parameter visit: given the machine at that point; returns whether to go on.
  /// - Returns: whether the sweep reached the end.
  @discardableResult
  public mutating func run(_ visit: (inout PersistencyMachine, CrashPoint) -> Bool) -> Bool {
    var goesOn = true
    var nextBoundary = boundaries.startIndex
    for index in trace.events.indices {
      if nextBoundary < boundaries.endIndex, boundaries[nextBoundary] == index {
        goesOn = visit(&machine, CrashPoint(index))
        nextBoundary += 1
      }
      guard goesOn else { return false }
      machine.apply(trace.events[index], at: index, of: trace) { machine, point in
        if goesOn { goesOn = visit(&machine, point) }
      }
      guard goesOn else { return false }
    }
    return visit(&machine, CrashPoint(trace.events.count))
  }
}
