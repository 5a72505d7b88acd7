/// Operations take effect in order: recovery shows the state after some of them, none skipped.
///
/// What was acknowledged as durable is always there, with everything before it. Later operations, and the
/// one under way, may be there or not, wholly; a suffix of them is lost. With every operation durable on
/// return this is durable linearizability for one caller.
///
///     PrefixModel([UInt64]()) { $0.append($1) }
public struct PrefixModel<State: Hashable, Operation>: CrashModel {
  /// States that may be shown, in the order of operations; the first is guaranteed.
  private var states: [State]
  /// Guaranteed states before that, to tell a loss from a state that never was.
  private var past: [State] = []
  private let isDurable: (Operation) -> Bool
  private let change: (inout State, Operation) -> Void

  /// A model.
  ///
  /// - Parameters:
  ///   - state: what may be observed before the first operation.
  ///   - isDurable: whether an operation, when it returns, makes itself and everything before it durable;
  ///     every one does unless given.
  ///   - change: what an operation does to the state.
  public init(
    _ state: State,
    isDurable: @escaping (Operation) -> Bool = { _ in true },
    apply change: @escaping (_ state: inout State, _ operation: Operation) -> Void
  ) {
    states = [state]
    self.isDurable = isDurable
    self.change = change
  }

  /// The state after every operation so far.
  public var latest: State { states[states.count - 1] }

  /// Adds the state after the operation.
  public mutating func begin(_ operation: Operation) {
    var state = latest
    change(&state, operation)
    states.append(state)
  }

  /// Leaves only the latest state where the operation is durable.
  public mutating func acknowledge(_ operation: Operation) {
    guard isDurable(operation) else { return }
    past += states.dropLast()
    states = [latest]
  }

  /// Leaves only what was shown.
  public mutating func recover(showing observation: State) {
    states = [observation]
    past = []
  }

  /// A loss where the state was once right, otherwise a state that never was; O(operations).
  public func promisesBroken(by observation: State) -> [BrokenPromise] {
    if states.contains(observation) { return [] }
    let shown = "recovery shows \(text(observation)); permitted \(permitted)"
    if past.contains(observation) {
      return [.lostDurableWrite("what was acknowledged as durable is there: \(shown)")]
    }
    return [.unexplainedState("operations take effect wholly and in order: \(shown)")]
  }

  private var permitted: String {
    let shown = states.suffix(4).map(text).joined(separator: " or ")
    let more = states.count - 4
    return more > 0 ? "are \(shown) and \(more) earlier states" : "is only \(shown)"
  }

  private func text(_ state: State) -> String { String(reflecting: state).shortened(to: 160) }
}

extension String {
  /// At most so many characters; what is left out is said.
  func shortened(to limit: Int) -> String {
    count <= limit ? self : "\(prefix(limit))… (\(count - limit) characters more)"
  }
}
