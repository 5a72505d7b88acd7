/// Which crash state a power cut leaves to go on from.
///
/// Both name a state of any recording, so that a workload can be shortened and still be run.
public enum PowerCut: Hashable, Sendable {
  /// Drawn by a seed: power is lost after the step before, or inside it. 0 loses all that is pending there at
  /// its end, 1 keeps all of it.
  case seed(UInt64)
  /// One by number, from 0, among the distinct ones that a crash in the step before may leave.
  case image(Int)
}

/// One step of a workload.
public enum WorkloadStep<Operation> {
  /// An operation.
  case apply(Operation)
  /// Power is cut, the system reopened on what that leaves.
  case powerCut(PowerCut)
}

extension WorkloadStep: Sendable where Operation: Sendable {}
extension WorkloadStep: Equatable where Operation: Equatable {}
extension WorkloadStep: Hashable where Operation: Hashable {}

/// Operations, one after the other, and power cuts between them.
public struct Workload<Operation>: ExpressibleByArrayLiteral {
  /// The steps.
  public var steps: [WorkloadStep<Operation>]

  /// A workload of steps.
  public init(steps: [WorkloadStep<Operation>]) { self.steps = steps }

  /// A workload of operations without a power cut.
  public init(_ operations: [Operation]) { steps = operations.map { .apply($0) } }

  /// A workload of steps.
  public init(arrayLiteral steps: WorkloadStep<Operation>...) { self.steps = steps }

  /// The workload as Swift source.
  public var source: String {
    let isPlain = steps.allSatisfy { if case .apply = $0 { true } else { false } }
    let steps = steps.map { step in
      switch step {
      case .apply(let operation):
        isPlain ? Self.source(operation) : ".apply(\(Self.source(operation)))"
      case .powerCut(.seed(let seed)): ".powerCut(.seed(\(seed)))"
      case .powerCut(.image(let number)): ".powerCut(.image(\(number)))"
      }
    }
    let list = "[\(steps.joined(separator: ", "))]"
    return isPlain ? "Workload(\(list))" : list
  }

  /// An operation as Swift source: a case by its name, any other value as it describes itself.
  static func source(_ operation: Operation) -> String {
    if Mirror(reflecting: operation).displayStyle == .enum {
      return "." + String(describing: operation)
    }
    return String(reflecting: operation)
  }
}

extension Workload: Sendable where Operation: Sendable {}
extension Workload: Equatable where Operation: Equatable {}
extension Workload: Hashable where Operation: Hashable {}
