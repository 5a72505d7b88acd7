import Foundation

/// What the environment asks of crash tests.
enum CrashTestEnvironment {
  /// The seed of random workloads, to repeat a run.
  static var seed: UInt64? { value("FENCEPOST_SEED").flatMap { UInt64($0) } }

  /// Where traces of failures go.
  static var traceDirectory: String? { value("FENCEPOST_TRACES") }

  /// Whether each workload is printed before it runs: the last one is the one that trapped.
  static var printsWorkloads: Bool { value("FENCEPOST_PRINT_WORKLOADS") != nil }

  private static func value(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// Prints a line that is not lost if the process traps.
func printAtOnce(_ line: String) {
  FileHandle.standardError.write(Data((line + "\n").utf8))
}
