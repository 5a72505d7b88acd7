/// A position in a trace at which power is lost.
public struct CrashPoint: Hashable, Comparable, Sendable {
  /// Events complete: those numbered 1 to `events`.
  public let events: Int
  /// Whether event `events + 1`, a store into a domain that includes the caches or a forced write of a
  /// sector, is under way: its pieces may each be there or not.
  public let isInsideNext: Bool

  /// A crash point.
  public init(_ events: Int, insideNext: Bool = false) {
    self.events = events
    isInsideNext = insideNext
  }

  /// Orders by position.
  public static func < (left: CrashPoint, right: CrashPoint) -> Bool {
    (left.events, left.isInsideNext ? 1 : 0) < (right.events, right.isInsideNext ? 1 : 0)
  }

  /// The number of complete events, with `+` where the next one is under way: "12", "12+".
  public var description: String { isInsideNext ? "\(events)+" : "\(events)" }

  /// Reads what `description` writes; `nil` for anything else.
  public init?(_ text: some StringProtocol) {
    let inside = text.last == "+"
    guard let events = Int(inside ? text.dropLast() : text[...]), events >= 0 else { return nil }
    self.init(events, insideNext: inside)
  }
}
