import PersistencyModel

/// The crash points that a certificate's scope leaves in.
struct AuditScope {
  private let included: [Range<Int>]?
  private let skipped: [Range<Int>]
  /// Names that match nothing.
  let unmatched: [String]

  init(within: [String], skip: [String], marks: [(crashPoint: Int, mark: Mark)], events: Int) {
    let named = (within + skip).map { name in
      (name, Self.parts(named: name, marks, end: events + 1))
    }
    unmatched = named.filter { $0.1.isEmpty }.map(\.0)
    included = within.isEmpty ? nil : named.prefix(within.count).flatMap(\.1)
    skipped = named.dropFirst(within.count).flatMap(\.1)
  }

  func contains(_ crashPoint: Int) -> Bool {
    let isIncluded = included?.contains { $0.contains(crashPoint) } ?? true
    return isIncluded && !skipped.contains { $0.contains(crashPoint) }
  }

  /// From each mark that opens the name to the first later one that closes it, or to the end.
  private static func parts(
    named name: String,
    _ marks: [(crashPoint: Int, mark: Mark)],
    end: Int
  ) -> [Range<Int>] {
    marks.indices.compactMap { index in
      guard let closes = closing(marks[index].mark, name) else { return nil }
      let close = marks[(index + 1)...].first { closes($0.mark) }
      return marks[index].crashPoint..<(close?.crashPoint ?? end)
    }
  }

  /// What closes the part that the mark opens; `nil` where it opens none of that name.
  private static func closing(_ mark: Mark, _ name: String) -> ((Mark) -> Bool)? {
    switch mark {
    case .label(let text) where text == "\(name).BEGIN": { $0 == .label("\(name).END") }
    case .label(let text) where text == name: { if case .label = $0 { true } else { false } }
    case .begin(let operation) where "#\(operation.number)" == name:
      { $0 == .acknowledge(operation.number) }
    default: nil
    }
  }
}
