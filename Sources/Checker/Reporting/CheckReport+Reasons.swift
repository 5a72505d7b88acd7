extension CheckReport {
  /// The reason of a check in which no store was pending at any crash point.
  public static let nothingPending = "nothing was pending at any crash point"

  /// Why choices are excluded whose crash points do not count.
  public static let outsideScope = "outside the scope"

  /// The reason of a check that left choices out.
  public static func leftOut(because rule: String) -> String {
    "not everything was explored: \(rule)"
  }
}
