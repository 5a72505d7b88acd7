import Checker
import Foundation

/// One line on the terminal that is drawn again and again while a check runs.
///
/// Ten times a second at most, and not before the check has taken a quarter of one. Used from one thread.
final class ProgressLine {
  private static let interval = Duration.milliseconds(100)
  private static let patience = Duration.milliseconds(250)

  private let begin = ContinuousClock.now
  private var drawn: ContinuousClock.Instant?
  private var latest: CheckProgress?
  private var length = 0
  private let hasColor: Bool

  /// A line on standard error; `nil` where that is no terminal.
  init?() {
    guard isatty(STDERR_FILENO) == 1 else { return nil }
    let environment = ProcessInfo.processInfo.environment
    hasColor = environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
  }

  /// Takes over how far the check has come.
  func update(_ progress: CheckProgress) {
    latest = progress
    redraw()
  }

  /// Draws the line if it is time.
  func redraw() {
    let now = ContinuousClock.now
    guard let latest, now - begin >= Self.patience, now - (drawn ?? begin) >= Self.interval else {
      return
    }
    drawn = now
    let text = ProgressText(progress: latest, elapsed: now - begin).line(width: Self.width - 1)
    let rest = String(repeating: " ", count: max(0, length - text.count))
    length = text.count
    write("\r" + (hasColor && latest.findings > 0 ? "\u{1b}[31m\(text)\u{1b}[0m" : text) + rest)
  }

  /// Leaves the terminal as if nothing had been drawn.
  func clear() {
    if length > 0 { write("\r" + String(repeating: " ", count: length) + "\r") }
    length = 0
  }

  private func write(_ text: String) {
    // A terminal that went away is no reason to end a check.
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Columns of the terminal, 80 where it does not say.
  private static var width: Int {
    var size = winsize()
    // SAFETY: the call writes one structure of this type.
    guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else {
      return 80
    }
    return Int(size.ws_col)
  }
}
