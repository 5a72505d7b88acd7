public import PersistencyModel

/// Whether the model permits something, as far as it can be told.
public enum Permission: String, Hashable, Sendable {
  /// Some down-closed set of pending pieces leaves it.
  case permitted
  /// None does.
  case forbidden
  /// A line has too many such sets to list.
  case unknown
}

/// The contents that a crash may leave of one line, to be asked for many times.
public struct LineMembership {
  private let space: LineSpace
  private let components: [LineComponent]
  /// By component, what each content is left by; `nil` where there are too many ideals to list.
  private let contents: [[LineBytes: Ideal]?]
  private let covered: LineBytes

  /// Lists the ideals of each component of the line; time grows with their number.
  public init(_ space: LineSpace, limit: Int = LineComponent.defaultLimit) {
    self.space = space
    components = space.components
    contents = components.map { component in
      component.ideals(limit: limit).map { ideals in
        Dictionary(ideals.map { (component.content(of: $0), $0) }) { first, _ in first }
      }
    }
    covered = LineBytes(words: components.reduce(.zero) { $0 | $1.mask.words })
  }

  /// Whether a crash may leave this content; O(components).
  public func permission(of content: LineBytes) -> Permission {
    let rest = LineBytes(words: ~covered.words)
    guard content.masked(by: rest) == space.durable.masked(by: rest) else { return .forbidden }
    var isUnknown = false
    for (component, known) in zip(components, contents) {
      guard let known else {
        isUnknown = true
        continue
      }
      if known[content.masked(by: component.mask)] == nil { return .forbidden }
    }
    return isUnknown ? .unknown : .permitted
  }

  /// Positions, among the line's pending pieces, of a down-closed set that leaves this content.
  ///
  /// - Returns: the set with most pieces kept first in the listing of ideals; `nil` unless permitted.
  public func positionsKept(leaving content: LineBytes) -> [Int]? {
    guard permission(of: content) == .permitted else { return nil }
    return zip(components, contents).flatMap { component, known in
      let ideal = known?[content.masked(by: component.mask)] ?? component.full
      return component.positions.indices.filter(ideal.keeps).map { component.positions[$0] }
    }.sorted()
  }
}
