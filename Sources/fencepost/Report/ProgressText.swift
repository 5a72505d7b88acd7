import BigInt
import Checker

/// The progress of a check in one line, the least important at the end.
struct ProgressText {
  let progress: CheckProgress
  let elapsed: Duration

  /// At most `width` characters: what does not fit is left out at the end.
  func line(width: Int) -> String {
    let parts =
      [
        "crash point \(progress.crashPoints)/\(progress.totalCrashPoints)",
        "states \(Self.brief(progress.choices)) of \(Self.brief(progress.totalChoices))",
      ] + left + findings + ["\(grouped(BigUInt(progress.executions))) runs (\(rate)/s)"]
    return String(("checking: " + parts.joined(separator: ", ")).prefix(width))
  }

  private var seconds: Double {
    Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
  }

  private var rate: String { grouped(BigUInt(Double(progress.executions) / max(seconds, 0.001))) }

  private var findings: [String] {
    guard progress.findings > 0 else { return [] }
    return ["\(progress.findings) finding\(progress.findings == 1 ? "" : "s")"]
  }

  /// As long as it took so far for each part done.
  ///
  /// States that are run one by one cost alike; where most are merged it is the crash points that do.
  private var left: [String] {
    let isMerging = BigUInt(progress.executions) * 2 < progress.choices
    let done =
      isMerging
      ? Double(progress.crashPoints) / Double(max(progress.totalCrashPoints, 1))
      : Double(progress.choices * 10_000 / max(progress.totalChoices, 1)) / 10_000
    guard done > 0.001, done <= 1 else { return [] }
    return ["about \(Self.clock(seconds * (1 - done) / done)) left"]
  }

  /// A number in a dozen characters: in full, or roughly as a power of ten.
  private static func brief(_ number: BigUInt) -> String {
    let digits = String(number).count
    return digits > 12 ? "~10^\(digits - 1)" : grouped(number)
  }

  private static func clock(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 1e9).rounded(.up))
    if whole < 100 { return "\(whole) s" }
    if whole < 100 * 60 { return "\(whole / 60) min" }
    return "\(whole / 3600) h"
  }
}
