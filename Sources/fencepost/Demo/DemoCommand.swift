import ArgumentParser
import Checker
import FlushTracer
import Foundation
import PersistencyModel

/// `fencepost demo`: the main job, once, on real input.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract:
      "Record a cache on three devices, check it, break its flushes, check the kernel's trace.",
    discussion: "Exit status: 0 if and only if the three verdicts are the expected ones, else 1."
  )

  @Option(help: "Where to put the device files and the recording.")
  var directory = "fencepost-demo"

  @Option(
    help:
      "Folder of the project's traces, with the kernel's recording (default: found by the command)."
  )
  var traces: String?

  @Option(help: "Devices under the cache.")
  var devices = "linear:64K,64K,64K"

  @Option(help: "Blocks to write.")
  var blocks = 36

  func run() throws {
    Interruption.listen()
    let results = [
      try recorded(), try firstDeviceOnly(), try kernel(),
    ]
    let met = results.count { $0 }
    print("\(met) of \(results.count) verdicts are the expected ones")
    if met != results.count { throw ExitCode(1) }
  }

  private var recording: String { "\(directory)/recording.fpt" }

  private func recorded() throws -> Bool {
    title("1. The reference cache on three devices joined into one, every flush delivered")
    do {
      try FileManager.default.createDirectory(
        atPath: directory,
        withIntermediateDirectories: true
      )
    } catch {
      throw ToolFailure.inputOutput(
        "\(directory): cannot be created: \(error.localizedDescription)"
      )
    }
    let space: AddressSpace
    do throws(AddressSpaceError) {
      space = try AddressSpace(inline: devices)
    } catch {
      throw ToolFailure.usage("--devices: \(error.description)")
    }
    let summary: RecordingSummary
    do {
      summary = try DemoWorkload.record(
        on: space,
        blocks: blocks,
        in: directory,
        to: recording
      )
    } catch let error as TracerError {
      throw ToolFailure.inputOutput(error.description)
    }
    print("recorded to \(recording): \(summary)")
    return try check([recording] + recovery, expecting: .consistent) { _ in true }
  }

  private func firstDeviceOnly() throws -> Bool {
    title("2. The same recording, flush requests reaching only the first device")
    return try check(
      [recording, "--routing", "first-device"] + recovery,
      expecting: .violated
    ) { !$0.isEmpty }
  }

  private func kernel() throws -> Bool {
    title("3. The Linux kernel's dm-writecache: format, four writes, flush, two overwrites, flush")
    let sample = "\(traces ?? Self.tracesFound)/\(Self.sample)"
    print(
      "expected: nothing but its known fault, a crash inside format that leaves a refused device"
    )
    return try check(
      [
        "\(sample).trace.zst", "--initial", "\(sample).initial.zst", "--final",
        "\(sample).final.zst", "--origin", "\(sample).origin.zst", "--marks", "\(sample).marks",
        "--kernel-faithful",
      ] + recovery,
      expecting: .violated
    ) { findings in findings.allSatisfy { $0.violation.kind == "metadataUnrecoverable" } }
  }

  private static let sample = "samples/dm-writecache/basic-4096-movnti"

  /// In a clone, else where they are installed.
  private static var tracesFound: String {
    ["traces", "\(CommandLocation.directory)/../share/fencepost/traces"].first {
      FileManager.default.fileExists(atPath: "\($0)/\(sample).marks")
    } ?? "traces"
  }

  private var recovery: [String] { ["--recovery", "writecache"] }

  private func check(
    _ arguments: [String],
    expecting verdict: Verdict,
    _ accepts: ([Finding]) -> Bool
  ) throws -> Bool {
    let words = ["fencepost", "check"] + arguments
    print("$ \(words.map(shellQuoted).joined(separator: " "))")
    let document = try CheckCommand.parse(arguments).examine()
    print(TextReport(document: document).text)
    return document.report.verdict == verdict && accepts(document.report.findings)
  }

  private func title(_ text: String) { print("== \(text)") }
}
