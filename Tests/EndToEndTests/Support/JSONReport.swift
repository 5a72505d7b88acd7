import Foundation
import TestSupport
import Testing

/// A report as programs read it.
struct JSONReport: Decodable, Equatable {
  struct Piece: Decodable, Equatable {
    var line: UInt64
    var address: String
    var device: String
    var piece: Int
    var size: Int
    var event: Int
    var site: String
  }

  struct Finding: Decodable, Equatable {
    var kind: String
    var guarantee: String
    var contract: String
    var severity: String
    var crashPoint: String
    var promise: String
    var lost: [Piece]
    var kept: [Piece]
    var sites: [String]
    var others: Int
    var reproduce: String

    /// Events complete at its crash point.
    var events: Int { Int(crashPoint.split(separator: "+")[0]) ?? -1 }
  }

  struct Share: Decodable, Equatable {
    var rule: String
    var choices: String
  }

  struct Certificate: Decodable, Equatable {
    struct Reading: Decodable, Equatable {
      var name: String
      var text: String
    }

    var model: String
    var fidelity: [Reading]
    var traceDigest: String
    var crashPoints: Int
    var permittedChoices: String
    var executed: String
    var recoveryRuns: Int
    var merged: [Share]
    var excluded: [Share]

    /// Whether executed, merged and excluded choices are all that are permitted.
    var addsUp: Bool {
      (merged + excluded).map(\.choices).reduce(executed, decimalSum) == permittedChoices
    }

    /// Whether some choices were left out.
    var leavesOut: Bool { excluded.contains { $0.choices != "0" } }
  }

  var schemaVersion: Int
  var verdict: String
  var reasons: [String]
  var notes: [String]
  var findings: [Finding]
  var certificate: Certificate

  /// The kinds of its findings, each once.
  var kinds: Set<String> { Set(findings.map(\.kind)) }
}

/// What a run of `fencepost check` left.
struct CheckRun {
  var run: ToolRun
  /// The report's bytes, empty where there is none.
  var bytes: [UInt8]

  var report: JSONReport {
    get throws { try JSONDecoder().decode(JSONReport.self, from: Data(bytes)) }
  }
}

/// Runs `fencepost check` with a JSON report in a file and nothing else on standard output.
func check(
  _ arguments: [String],
  in directory: URL? = nil,
  whileRunning: (pid_t) -> Void = { _ in }
) throws -> CheckRun {
  let scratch = try Scratch()
  let report = scratch.path("report.json")
  // The report goes before "--": what follows belongs to the checker.
  let run = try Tool.fencepost.run(
    ["check", "--report", "json=\(report)"] + arguments,
    in: directory,
    whileRunning: whileRunning
  )
  #expect(!run.isSignalled, "\(run.errors.prefix(2000))")
  let bytes = FileManager.default.contents(atPath: report).map { [UInt8]($0) } ?? []
  return CheckRun(run: run, bytes: bytes)
}

/// The sum of two numbers in decimal digits, of any length.
func decimalSum(_ left: String, _ right: String) -> String {
  var digits: [Character] = []
  var carry = 0
  var left = Array(left)
  var right = Array(right)
  while !left.isEmpty || !right.isEmpty || carry > 0 {
    let sum = (left.popLast()?.wholeNumberValue ?? 0) + (right.popLast()?.wholeNumberValue ?? 0)
    digits.append(Character(String((sum + carry) % 10)))
    carry = (sum + carry) / 10
  }
  while digits.count > 1, digits.last == "0" { digits.removeLast() }
  return String(digits.reversed())
}
