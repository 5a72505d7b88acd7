import Checker
import Foundation
import PersistencyModel
import TraceFormat

/// The trace of a failing recording, and the memory before it, as files.
struct TraceFiles {
  /// The trace; `nil` where it could not be written.
  let trace: String?
  /// Memory before the first event; `nil` where that is zeros.
  private let initial: String?

  /// Writes the files; a later failure of the same test replaces them.
  init<Model>(_ incarnation: Incarnation<Model>, test: String, options: CrashTestOptions) {
    let directory =
      options.traceDirectory ?? CrashTestEnvironment.traceDirectory
      ?? FileManager.default.temporaryDirectory.appending(path: "fencepost-crash-tests").path
    try? FileManager.default.createDirectory(
      atPath: directory,
      withIntermediateDirectories: true
    )
    let stem = "\(directory)/\(Self.fileName(test))"
    do throws(TraceFormatError) {
      try TraceWriter.write(incarnation.trace, to: stem + ".fpt")
      trace = stem + ".fpt"
    } catch { trace = nil }
    let isBlank = incarnation.initial.bytes.allSatisfy { $0 == 0 }
    initial = isBlank ? nil : Self.write(incarnation.initial.bytes, to: stem + ".img")
  }

  /// Commands that rebuild the crash image and show the events around it.
  func commands(showing finding: Finding) -> [String] {
    guard let trace else { return [] }
    let memory = initial.map { " --initial \(quoted($0))" } ?? ""
    return [
      "fencepost image \(quoted(trace))\(memory) --crash-point \(finding.crashPoint.description) "
        + "--keep '\(finding.keep.description)' -o crash.img",
      "fencepost show \(quoted(trace))",
    ]
  }

  private static func write(_ bytes: [UInt8], to path: String) -> String? {
    FileManager.default.createFile(atPath: path, contents: Data(bytes)) ? path : nil
  }

  private static func fileName(_ test: String) -> String {
    String(test.map { $0.isLetter || $0.isNumber ? $0 : "-" })
  }

  private func quoted(_ path: String) -> String {
    let isPlain = path.utf8.allSatisfy { byte in
      Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber
        || "/._-+".utf8.contains(byte)
    }
    return isPlain ? path : "'\(path.replacing("'", with: "'\\''"))'"
  }
}
