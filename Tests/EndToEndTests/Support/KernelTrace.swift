import Foundation
import TestSupport

/// The recording of the Linux kernel's own dm-writecache.
enum KernelTrace {
  private static let base = Repository.path("traces/samples/dm-writecache/basic-4096-movnti")

  static let trace = base + ".trace.zst"
  static let initial = base + ".initial.zst"
  static let final = base + ".final.zst"
  static let origin = base + ".origin.zst"
  static let marks = base + ".marks"

  /// What `check` is told, whatever is looked for.
  static let arguments = [
    trace, "--initial", initial, "--final", final, "--origin", origin, "--marks", marks,
    "--recovery", "writecache", "--kernel-faithful",
  ]

  /// Only the driver's own fences count.
  static let driverFences = ["--fences-from", "dm_writecache"]

  /// The lines of the trace; event N is line N.
  static let lines: [String] = {
    let bytes = (try? decompressedFile(URL(fileURLWithPath: trace))) ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }()

  /// The number of the event that is the label.
  static func event(ofLabel prefix: String) -> Int {
    (lines.firstIndex { $0.hasPrefix("MARK;\(prefix)") } ?? -1) + 1
  }
}
