import Checker
import PersistencyModel

/// Asks the model of the period.
struct ModelOracle<Model: CrashModel>: Oracle {
  let incarnation: Incarnation<Model>

  var boundaries: [Int] { incarnation.boundaries }
  var promisesSomething: Bool { true }
  var keys: [UInt64]? { incarnation.latest.keys }

  func period(at events: Int) -> Int { incarnation.period(at: events) }

  func violations(of outcome: Recovered<Model.Observation>, in period: Int) -> [Violation] {
    switch (incarnation.promises[period], outcome) {
    case (.creating, .refuses): []
    case (let promises, .shows(let observation)):
      promises.model.promisesBroken(by: observation).map(\.violation)
    case (.serving, .refuses(let reason)):
      [
        Violation(
          kind: "metadataUnrecoverable",
          guarantee: "model",
          contract: "the program's own",
          severity: .refusesToStart,
          promise: "a system that was in use can be recovered; recovery refuses: \(reason)"
        )
      ]
    }
  }

  func alternatives(in period: Int) -> Int { incarnation.promises[period].model.alternatives }

  func permits(
    _ outcome: Recovered<Model.Observation>,
    key: UInt64,
    alternative: Int,
    in period: Int
  ) -> Bool {
    switch (incarnation.promises[period], outcome) {
    case (.creating, .refuses): true
    case (.serving, .refuses): false
    case (let promises, .shows(let observation)):
      promises.model.permits(observation, key: key, alternative: alternative)
    }
  }
}
