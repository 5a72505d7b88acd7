import PersistencyModel

/// Allows what the recovery that was interrupted would have shown, and nothing else (G6).
struct SecondRecoveryOracle<Outcome: Hashable>: Oracle {
  /// What the undisturbed recovery shows: as explored, and in full.
  let expected: Outcome
  let expectedInFull: Outcome
  /// The keys that the explored outcome shows; `nil` where it shows everything.
  let keys: [UInt64]?
  /// Whether a violation is passed over.
  let isKnown: (Violation) -> Bool
  /// Whether every violation of a kind is.
  let isKindKnown: (String) -> Bool

  var boundaries: [Int] { [] }
  var promisesSomething: Bool { true }
  var looksAtOtherKeys: Bool { false }

  func period(at events: Int) -> Int { 0 }

  func violations(of outcome: Outcome, in period: Int) -> [Violation] {
    if outcome == expected || outcome == expectedInFull { return [] }
    return [
      .nested("recoveryNotIdempotent", "a second recovery shows what the first would have shown")
    ]
  }

  func alternatives(in period: Int) -> Int { 1 }

  func permits(_ outcome: Outcome, key: UInt64, alternative: Int, in period: Int) -> Bool {
    outcome == expected
  }

  /// What is passed over by its promise is so only where that is put into words, by whoever interrupts the
  /// first recovery.
  func passesOver(_ violation: Violation) -> Bool {
    isKindKnown(violation.kind) && isKnown(violation)
  }

  func passesOver(kind: String) -> Bool { isKindKnown(kind) }
}
