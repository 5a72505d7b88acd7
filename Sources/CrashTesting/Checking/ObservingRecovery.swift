import Checker
import PersistencyModel

/// What recovery makes of a crash state.
enum Recovered<Observation: Hashable>: Hashable {
  /// It lets one read this.
  case shows(Observation)
  /// It threw an error, described so.
  case refuses(String)
}

/// Recovery and observation of the tested system, as the checker runs them.
struct ObservingRecovery<Subject: CrashTestable>: Recovery {
  let subject: Subject
  let model: Subject.Model

  func recover<M: Medium>(_ medium: inout M) -> Recovered<Subject.Model.Observation> {
    do { return .shows(try subject.observe(medium, knowing: model)) } catch {
      return .refuses(String(describing: error))
    }
  }

  func explain<M: Medium>(_ medium: inout M) -> Recovered<Subject.Model.Observation> {
    do { return .shows(try subject.explain(medium, knowing: model)) } catch {
      return .refuses(String(describing: error))
    }
  }
}
