import BigInt
import Checker
import ComparisonPolicies
import Foundation
import PersistencyModel

/// Compares policies with the model over litmus corpora: states only.
struct LitmusScoreboard {
  let policies: [ComparisonPolicy]
  let limits: ExplorationLimits
  let seed: UInt64

  func compare(_ files: [String], showsTests: Bool) throws -> ComparisonDocument {
    var traces: [ComparedTrace] = []
    var left: [String: Int] = [:]
    for file in files {
      try LitmusCorpus.forEach(in: file) { test in
        guard limits.shouldStop() == nil else { return }
        switch test {
        case .subject(let name, let subject): traces.append(try compare(name, subject))
        case .left(let reason): left[reason, default: 0] += 1
        }
      }
    }
    guard !traces.isEmpty else {
      throw ToolFailure.malformed("no test with one thread in \(files.joined(separator: ", "))")
    }
    let notes = left.sorted { $0.key < $1.key }.map { "\($0.value) tests left out: \($0.key)" }
    return ComparisonDocument(
      traces: traces,
      hasRecovery: false,
      showsParts: showsTests,
      notes: (limits.shouldStop().map { ["stopped: \($0)"] } ?? []) + notes
    )
  }

  private func compare(_ name: String, _ subject: PolicySubject) throws -> ComparedTrace {
    var subject = subject
    subject.seed = seed
    let comparison = PolicyComparison(
      subject,
      program: NoRecovery(),
      limit: limits.maximumExecutions,
      shouldStop: limits.shouldStop
    )
    guard let exact = comparison.enumerate() else {
      throw ToolFailure.usage(
        "\(name): --max-executions is too small: \(comparison.notEnumerated ?? "")"
      )
    }
    return ComparedTrace(
      name: name,
      rows: TraceComparison.rows(ExactResult(exact), policies.map { comparison.score($0) })
    )
  }
}
