import PersistencyModel

/// Sites and contents received so far, by number.
struct TraceNames {
  private var sites: [String] = []
  /// Names of the contents.
  private(set) var contents: [String] = []

  mutating func add(_ site: Site) {
    sites.append(site.frames.map(\.description).joined(separator: " < "))
  }

  mutating func add(_ content: Content) { contents.append(content.name) }

  /// The frames of a site, innermost first; empty for an unknown one.
  func site(_ number: SiteID) -> String { number == 0 ? "" : sites[Int(number) - 1] }
}
