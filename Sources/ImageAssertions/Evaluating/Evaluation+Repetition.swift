import PersistencyModel

// Ranges and chains.
extension Evaluation {
  mutating func value(of repetition: Repetition) throws(EvaluationFailure) -> Value {
    switch repetition.domain {
    case .range(let lower, let upper):
      try overRange(repetition, try value(of: lower), try value(of: upper))
    case .chain(let start, let next, let condition):
      try overChain(repetition, try value(of: start), next, condition)
    }
  }

  private mutating func overRange(
    _ repetition: Repetition,
    _ lower: Value,
    _ upper: Value
  ) throws(EvaluationFailure) -> Value {
    var tally = Tally(question: repetition.question)
    var element = lower
    while element < upper {
      guard element - lower < EvaluationFailure.mostElements else { throw .tooManyElements }
      if try ask(repetition, element, &tally) { break }
      element += 1
    }
    return tally.answer(reached: max(element, lower))
  }

  private mutating func overChain(
    _ repetition: Repetition,
    _ start: Value,
    _ next: Expression,
    _ condition: Expression
  ) throws(EvaluationFailure) -> Value {
    var tally = Tally(question: repetition.question)
    var element = start
    set(slot: repetition.slot, to: element)
    while try value(of: condition) != 0 {
      guard tally.asked < EvaluationFailure.mostElements else { throw .tooManyElements }
      if try ask(repetition, element, &tally) { break }
      element = try value(of: next)
      set(slot: repetition.slot, to: element)
    }
    return tally.answer(reached: element)
  }

  /// Asks one element; returns whether the answer is known.
  private mutating func ask(
    _ repetition: Repetition,
    _ element: Value,
    _ tally: inout Tally
  ) throws(EvaluationFailure) -> Bool {
    set(slot: repetition.slot, to: element)
    return tally.note(try value(of: repetition.body) != 0)
  }
}

/// The answers of the elements so far.
private struct Tally {
  let question: Repetition.Question
  private(set) var asked = 0
  private var yes = 0

  init(question: Repetition.Question) { self.question = question }

  /// Takes note of an answer; returns whether no further element matters.
  mutating func note(_ isYes: Bool) -> Bool {
    asked += 1
    if isYes { yes += 1 }
    switch question {
    case .all: return !isYes
    case .any, .first: return isYes
    case .count: return false
    }
  }

  /// The value of the repetition; `element` is where it stopped.
  func answer(reached element: UInt64) -> UInt64 {
    switch question {
    case .all: yes == asked ? 1 : 0
    case .any: yes > 0 ? 1 : 0
    case .count: UInt64(yes)
    case .first: element
    }
  }
}
