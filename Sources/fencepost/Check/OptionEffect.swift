/// What the options of a check are given to.
enum CheckTask: CaseIterable {
  /// `check`: every permitted state.
  case check
  /// `check --policy`: the states that another tool's policy tries.
  case policy
  /// `compare`.
  case comparison
  /// `compare --litmus`.
  case litmus
  /// `necessity`.
  case necessity
}

/// Where an option changes something; elsewhere it is refused, so that none is given in vain.
struct OptionEffect: Sendable {
  /// As on the command line.
  let name: String
  let tasks: [CheckTask]
  /// Recoveries with which it has an effect.
  let recoveries: [RecoveryArguments.Kind]
  /// What to do in place of giving it where it has none.
  let advice: String
  /// Whether a command line gives it, with another value than its default.
  let isGiven: @Sendable (CheckCommand) -> Bool

  init(
    _ name: String,
    in tasks: [CheckTask] = CheckTask.allCases,
    with recoveries: [RecoveryArguments.Kind] = RecoveryArguments.Kind.allCases,
    _ advice: String,
    isGiven: @escaping @Sendable (CheckCommand) -> Bool
  ) {
    self.name = name
    self.tasks = tasks
    self.recoveries = recoveries
    self.advice = advice
    self.isGiven = isGiven
  }

  /// Whether it changes something there; any recovery will do where none is named.
  func hasEffect(in task: CheckTask, with recovery: RecoveryArguments.Kind?) -> Bool {
    tasks.contains(task) && (recovery.map(recoveries.contains) ?? true)
  }
}

extension CheckCommand {
  /// Refuses options that would change nothing.
  ///
  /// - Throws: `ToolFailure.usage` that says what to do in place of giving the option.
  func requireEffect(in task: CheckTask) throws {
    let kinds = recovering.kinds
    let recovery = kinds.count == 1 ? kinds[0] : nil
    for option in OptionEffect.all
    where option.isGiven(self) && !option.hasEffect(in: task, with: recovery) {
      throw ToolFailure.usage("\(option.name) changes nothing here: \(option.advice)")
    }
  }
}
