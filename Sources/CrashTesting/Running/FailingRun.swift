import Checker
import PersistencyModel

/// Why a workload fails.
enum FailureCause {
  /// Recovery breaks a promise on a crash state.
  case violated(Finding)
  /// The system threw while it was used.
  case threw(String)
  /// The same workload was recorded twice, and the recordings differ from this event on.
  case recordedDifferently(event: Int)

  /// What must stay the same while the workload is shortened.
  var kind: String {
    switch self {
    case .violated(let finding): finding.violation.kind
    case .threw: "operationThrew"
    case .recordedDifferently: "notDeterministic"
    }
  }
}

/// A workload that fails, up to the step at which it does, with its last recording.
struct FailingRun<Subject: CrashTestable> {
  let workload: Workload<Subject.Operation>
  let cause: FailureCause
  let incarnation: Incarnation<Subject.Model>
}
