import OrderedCollections
import PersistencyModel

/// What makes two violating behaviours the same finding.
struct FindingKey: Hashable {
  var kind: String
  /// Site of the first lost store, `.max` where nothing is lost.
  var lostSite: SiteID
}

/// How small a crash state is: lines that lose something, then parts of lines.
struct LostWeight: Comparable {
  var lines: Int
  var parts: Int

  static func < (left: LostWeight, right: LostWeight) -> Bool {
    (left.lines, left.parts) < (right.lines, right.parts)
  }
}

/// Collects violations by kind and by the site of what was lost, the smallest state of each.
struct FindingLedger<State> {
  /// The smallest state found for a key.
  struct Entry {
    var violation: Violation
    var point: CrashPoint
    var state: State
    var weight: LostWeight
    var others = 0
    /// Filled in once its crash point has been explored.
    var finding: Finding?
  }

  /// In order of first occurrence.
  private var entries: OrderedDictionary<FindingKey, Entry> = [:]

  /// Takes note of a violating behaviour; keeps the earliest crash point, then the lightest state.
  mutating func note(
    _ key: FindingKey,
    _ violation: Violation,
    _ point: CrashPoint,
    _ state: State,
    weight: LostWeight
  ) {
    guard let known = entries[key] else {
      entries[key] = Entry(violation: violation, point: point, state: state, weight: weight)
      return
    }
    entries[key]?.others += 1
    guard known.finding == nil, weight < known.weight else { return }
    entries[key] = Entry(
      violation: violation,
      point: point,
      state: state,
      weight: weight,
      others: known.others + 1
    )
  }

  /// The smallest state noted for a key.
  func entry(_ key: FindingKey) -> Entry? { entries[key] }

  /// Counts one more behaviour with a key that was noted.
  mutating func countAnother(_ key: FindingKey) { entries[key]?.others += 1 }

  /// How many are kept apart.
  var count: Int { entries.count }

  /// Whether nothing was ever noted.
  var isEmpty: Bool { entries.isEmpty }

  /// Keys whose finding has not been worked out.
  var open: [FindingKey] { entries.filter { $0.value.finding == nil }.map(\.key) }

  /// Stores the finding of a key.
  mutating func close(_ key: FindingKey, _ finding: Finding) { entries[key]?.finding = finding }

  /// Findings, the earliest crash point first.
  var findings: [Finding] {
    entries.values.compactMap { entry in
      guard var finding = entry.finding else { return nil }
      finding.others = entry.others
      return finding
    }
  }
}
