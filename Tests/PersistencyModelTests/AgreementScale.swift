import Foundation

/// How much the comparisons with the slow implementations try.
enum AgreementScale {
  /// Whether the environment asks for the complete suite (`FENCEPOST_COMPLETE=1`), which takes minutes.
  static let isComplete = ProcessInfo.processInfo.environment["FENCEPOST_COMPLETE"] == "1"

  /// Seeds of the quick suite, or ten times as many.
  static func seeds(from first: UInt64, count: UInt64) -> Range<UInt64> {
    first..<(first + (isComplete ? count * 10 : count))
  }

  /// States after which the operational model gives up on a trace of the random corpus.
  static let stateLimit = isComplete ? Int.max : 400
}
