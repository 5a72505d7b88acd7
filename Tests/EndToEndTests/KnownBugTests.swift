import ArgumentParser
import Checker
import Foundation
import PersistencyModel
import Testing
import TraceFormat

@testable import fencepost

/// The folders of `traces/defects`: each bug is found, for the right reason, and its mend is accepted.
struct KnownBugTests {
  @Test(arguments: KnownBug.all)
  func theBugIsFoundWithItsKindAndItsPair(bug: KnownBug) throws {
    let document = try bug.check("bug")
    #expect(document.report.verdict.rawValue == bug.expected.bug.verdict)
    #expect(Set(document.report.findings.map(\.violation.kind)) == [bug.expected.bug.kind])
    let pairs = document.report.findings.map { FoundPair(document, $0) }
    #expect(
      pairs.contains { $0.names(bug.expected.bug) },
      "no finding of \(bug.name) names the pair; found \(pairs.map(\.sites))"
    )
    #expect(document.report.certificate.addsUp)
  }

  @Test(arguments: KnownBug.all)
  func theMendedTraceIsConsistent(bug: KnownBug) throws {
    let report = try bug.check("fixed").report
    #expect(report.verdict.rawValue == bug.expected.fixed.verdict, "\(report.reasons)")
    #expect(report.certificate.addsUp)
  }

  @Test(arguments: KnownBug.all)
  func aMendByOrderingKeepsTheStores(bug: KnownBug) throws {
    let (bad, good) = (try bug.trace("bug"), try bug.trace("fixed"))
    #expect(bad.events != good.events)
    #expect(bad.labelsPassed.last == good.labelsPassed.last, "both make the same promises")
    #expect(
      (stores(of: bad) == stores(of: good)) == (bug.expected.mendedBy == "ordering"),
      "\(bug.name)"
    )
  }

  /// Every store with its site, in an order that says nothing of when it was made.
  private func stores(of trace: Trace) -> [String] {
    trace.events.filter(\.kind.isStore).map { event in
      "\(event.kind) \(event.address) \(trace.bytes(of: event)) \(trace.site(event.site).description)"
    }.sorted()
  }

  @Test func theListHasARowForEachFolder() throws {
    let list = try String(
      contentsOfFile: Repository.path("traces/defects/README.md"),
      encoding: .utf8
    )
    let rows = list.split(separator: "\n").filter { $0.hasPrefix("| [") }
    let expected = KnownBug.all.map { bug in
      let told = bug.expected
      return
        "| [\(bug.name)](\(bug.name)) | \(told.program) | \(told.reference) | \(told.missing) | "
        + "`\(told.bug.kind)` |"
    }
    #expect(rows.map(String.init).sorted() == expected.sorted())
    #expect(Set(KnownBug.all.map(\.expected.entry)).count >= 45, "published bugs")
  }
}

/// The two sites of a finding, compared with what is expected of it.
private struct FoundPair {
  let finding: Finding
  let document: ReportDocument

  init(_ document: ReportDocument, _ finding: Finding) {
    self.document = document
    self.finding = finding
  }

  private var trace: Trace { document.input.numbered.trace }
  private var lost: [String] { finding.lost.flatMap(\.pieces).map(document.site) }
  private var kept: [String] { finding.kept.flatMap(\.pieces).map(document.site) }

  /// For messages.
  var sites: String { "lost \(lost), kept \(kept)" }

  func names(_ pair: KnownBug.Expected.Pair) -> Bool {
    if pair.survivor == .early {
      return lost.isEmpty && kept.contains(pair.survives) && isStillToBeMade(pair.lost)
    }
    guard lost.contains(pair.lost) else { return false }
    switch pair.survivor {
    case .pending, .early: return kept.contains(pair.survives)
    case .sameLine: return survivesOnALostLine(pair.survives)
    case .acknowledged: return kept.isEmpty && labels.contains(pair.survives)
    }
  }

  /// Labels passed at the crash point.
  private var labels: [String] {
    let marks = trace.events.prefix(finding.crashPoint.events).count { $0.kind == .mark }
    return trace.labelsPassed[marks]
  }

  private func isStillToBeMade(_ site: String) -> Bool {
    trace.events.dropFirst(finding.crashPoint.events).contains {
      $0.kind.isStore && trace.site($0.site).description == site
    }
  }

  /// Positions of the stores of a site that are complete at the crash point.
  private func stores(at site: String) -> [Int] {
    trace.events.indices.prefix(finding.crashPoint.events).filter {
      trace.events[$0].kind.isStore && trace.site(trace.events[$0].site).description == site
    }
  }

  /// Whether a store of the site is on a line that loses something, and is not lost itself.
  private func survivesOnALostLine(_ site: String) -> Bool {
    stores(at: site).contains { index in
      finding.lost.contains { entry in
        entry.line == trace.events[index].line && !entry.pieces.contains { $0.event == index }
      }
    }
  }
}

/// A folder of `traces/defects`.
struct KnownBug: CustomTestStringConvertible, Sendable {
  /// What `expected.json` says.
  struct Expected: Decodable, Sendable {
    struct Pair: Decodable, Sendable {
      /// How the survivor stands to what is lost at the crash point.
      enum Survivor: String, Decodable {
        /// Both are pending, on different lines or as words of non-temporal stores.
        case pending
        /// Both are pending on one line.
        case sameLine
        /// The other one has not been made yet.
        case early
        /// It is not a store but the label by which a caller was told.
        case acknowledged
      }

      var verdict: String
      var kind: String
      var lost: String
      var survives: String
      var survivor: Survivor
    }

    struct Mended: Decodable, Sendable {
      var verdict: String
    }

    var entry: Int
    var program: String
    var reference: String
    var source: String
    var missing: String
    var mendedBy: String
    var bug: Pair
    var fixed: Mended
  }

  let name: String
  let expected: Expected

  var testDescription: String { name }

  static let all: [KnownBug] = {
    let root = Repository.path("traces/defects")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return names.sorted().compactMap { name in
      guard let data = FileManager.default.contents(atPath: "\(root)/\(name)/expected.json"),
        let expected = try? JSONDecoder().decode(Expected.self, from: data)
      else { return nil }
      return KnownBug(name: name, expected: expected)
    }
  }()

  private func path(_ file: String) -> String {
    Repository.path("traces/defects/\(name)/\(file)")
  }

  func trace(_ which: String) throws -> Trace {
    try TraceReader.trace(path("\(which).trace"), options: TraceReader.Options()).trace
  }

  /// What `fencepost check` finds in one of the two traces.
  func check(_ which: String) throws -> ReportDocument {
    try CheckCommand.parse([path("\(which).trace"), "--assert", path("recovery.assert")]).examine()
  }
}
