/// Diagnostics kept up to a limit, so that a damaged file of any length needs bounded memory.
struct DiagnosticList {
  private static let limit = 100
  private var kept: [TraceDiagnostic] = []
  private var leftOut = 0

  /// Those kept, and a last one that counts those left out.
  var all: [TraceDiagnostic] {
    guard leftOut > 0 else { return kept }
    return kept + [TraceDiagnostic(at: nil, "\(leftOut) more like these are not shown")]
  }

  mutating func add(_ text: String, at position: TracePosition? = nil) {
    if kept.count < Self.limit {
      kept.append(TraceDiagnostic(at: position, text))
    } else {
      leftOut += 1
    }
  }
}
