import BigInt
import PersistencyModel

/// Keeps the books of one policy on one trace.
final class PolicyTally {
  private struct State {
    var permission: Permission
    var point: CrashPoint
    var kinds: [String]
  }

  let policy: ComparisonPolicy
  var extent = PolicyExtent(images: 0, planned: 0, isStopped: false)
  var stopReason: String?
  var book: StateBook?
  private var visits = 0
  private var crashPoints = 0
  private var visited: CrashPoint?
  private var states: [StateKey: State] = [:]
  /// States in order of occurrence.
  private var order: [StateKey] = []

  init(policy: ComparisonPolicy) { self.policy = policy }

  /// Each state with a crash point.
  var points: [StateKey: CrashPoint] { states.mapValues(\.point) }

  /// States that the policy's own crash point does not permit, as far as is known, in order of occurrence.
  var doubtful: [StateKey] { order.filter { states[$0]?.permission != .permitted } }

  /// Counts a visit; says now and then that it is time to ask whether to go on.
  func isTimeToAsk(at point: CrashPoint) -> Bool {
    visits += 1
    if point != visited { crashPoints += 1 }
    visited = point
    return visits % 16 == 1
  }

  func isNew(_ key: StateKey) -> Bool { states[key] == nil }

  func note(
    _ key: StateKey,
    _ permission: Permission,
    at point: CrashPoint,
    kinds: [String]
  ) {
    states[key] = State(permission: permission, point: point, kinds: kinds)
    order.append(key)
  }

  /// Takes a better answer: that some crash point permits a state, or might.
  func settle(_ key: StateKey, _ permission: Permission, at point: CrashPoint) {
    guard let known = states[key]?.permission, known != .permitted else { return }
    states[key]?.permission = permission
    if permission == .permitted { states[key]?.point = point }
  }

  /// The score; `permitted` are all permitted states, `nil` where they are not known, and empty for the
  /// policy that listed them itself.
  func score(missing permitted: [StateKey: CrashPoint]?) -> PolicyScore {
    func count(_ permission: Permission) -> Int {
      states.values.count { $0.permission == permission }
    }
    let images = Set(states.filter { $0.value.permission == .permitted }.keys.map(\.image))
    let tried = Set(states.keys.map(\.image))
    return PolicyScore(
      policy: policy,
      run: policy.triesEachImageOnce ? states.count : extent.images,
      planned: extent.planned,
      stopped: stopReason ?? (extent.isStopped ? "\(extent.images) images" : nil),
      crashPoints: crashPoints,
      distinct: states.count,
      permitted: count(.permitted),
      forbidden: count(.forbidden),
      undecided: count(.unknown),
      permittedImages: images.count,
      missed: permitted?.keys.count { states[$0] == nil },
      missedImages: permitted.map { Set($0.keys.map(\.image)).subtracting(tried).count },
      kinds: kinds
    )
  }

  private var kinds: [KindScore] {
    var scores: [String: KindScore] = [:]
    for key in order {
      guard let state = states[key] else { continue }
      for kind in state.kinds {
        var score =
          scores[kind] ?? KindScore(kind: kind, permitted: 0, forbidden: 0, example: nil)
        switch state.permission {
        case .permitted:
          score.permitted += 1
          score.example = score.example ?? example(key, state)
        case .forbidden: score.forbidden += 1
        case .unknown: break
        }
        scores[kind] = score
      }
    }
    return scores.values.sorted { $0.kind < $1.kind }
  }

  private func example(_ key: StateKey, _ state: State) -> PolicyExample {
    PolicyExample(
      point: state.point,
      period: key.period,
      image: book?.image(of: key) ?? [:]
    )
  }
}
