/// Every workload of up to so many steps.
struct AllWorkloads<Operation> {
  let steps: Int
  let powerCuts: PowerCuts
  let choices: (Int) -> [Operation]

  /// Calls `visit` with every sequence of exactly `count` operations that may stand from step `first` on, in
  /// lexicographic order, until it returns `false`; returns whether it never did.
  @discardableResult
  func forEachSequence(from first: Int, count: Int, _ visit: ([Operation]) -> Bool) -> Bool {
    var sequence: [Operation] = []
    return extend(&sequence, from: first, count: count, visit)
  }

  private func extend(
    _ sequence: inout [Operation],
    from first: Int,
    count: Int,
    _ visit: ([Operation]) -> Bool
  ) -> Bool {
    if sequence.count == count { return visit(sequence) }
    for operation in choices(first + sequence.count) {
      sequence.append(operation)
      guard extend(&sequence, from: first, count: count, visit) else { return false }
      sequence.removeLast()
    }
    return true
  }
}
