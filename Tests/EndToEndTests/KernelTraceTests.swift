import Foundation
import TestSupport
import Testing

/// One of the driver's seven fences, and what its absence breaks beyond format itself.
struct Removal: CustomTestStringConvertible {
  var event: Int
  /// Kinds of which at least one is found and no other; empty where nothing is.
  var kinds: Set<String>
  /// First sectors of the blocks concerned: those found are among these.
  var sectors: Set<Int> = []
  /// Whether all of `sectors` are concerned at once.
  var isAllAtOnce = false

  var testDescription: String { "fence \(event)" }

  /// Entries may be torn as well as blocks: two with a counter value and no sector yet are identical (M3).
  private static let epoch: Set<String> = ["tornBlock", "splitEpoch", "metadataUnrecoverable"]

  static let all = [
    Removal(event: 1032, kinds: ["metadataUnrecoverable"]),
    Removal(event: 1034, kinds: ["metadataUnrecoverable"]),
    Removal(event: 3125, kinds: epoch, sectors: [0, 16, 32, 48]),
    Removal(
      event: 3127,
      kinds: ["lostDurableWrite"],
      sectors: [0, 16, 32, 48],
      isAllAtOnce: true
    ),
    // A block that keeps its entry and nothing of its data shows what the origin holds: older than promised.
    Removal(event: 4173, kinds: epoch.union(["lostDurableWrite"]), sectors: [16, 32]),
    Removal(event: 4175, kinds: ["lostDurableWrite"], sectors: [16, 32]),
    Removal(event: 4178, kinds: []),
  ]
}

/// The kernel's own trace: format is not crash safe, the rest is, fence by fence.
struct KernelTraceTests {
  private let formatEnds = KernelTrace.event(ofLabel: "01 ")

  /// Version without magic: what the kernel's order of stores in format permits.
  private func isFormatFinding(_ finding: JSONReport.Finding) -> Bool {
    finding.kind == "metadataUnrecoverable" && finding.events < formatEnds
      && finding.promise.contains("invalid magic 0x00000000")
  }

  /// First sectors of the blocks that a promise names.
  private func sectors(_ finding: JSONReport.Finding) -> Set<Int> {
    Set(
      finding.promise.matches(of: /of sectors (\d+)\.\.</).compactMap { Int($0.1) }
        + finding.promise.matches(of: /blocks at sectors ([\d, ]+)/)
        .flatMap { $0.1.split(separator: ", ").compactMap { Int($0) } }
    )
  }

  @Test(arguments: [[], KernelTrace.driverFences])
  func onlyFormatIsNotCrashSafe(_ fences: [String]) throws {
    let checked = try check(KernelTrace.arguments + fences)
    let report = try checked.report
    #expect(checked.run.status == 1)
    #expect(report.verdict == "violated")
    #expect(report.kinds == ["metadataUnrecoverable"])
    #expect(report.findings.allSatisfy { (1..<1040).contains($0.events) })
    #expect(report.findings.allSatisfy(isFormatFinding))
    #expect(report.certificate.addsUp && !report.certificate.leavesOut)
  }

  @Test func formatEndsWhereTheIssueOfTheFirstWriteIsMarked() {
    #expect(formatEnds == 1040)
    #expect(KernelTrace.lines.count == 4184)
  }

  @Test(arguments: Removal.all)
  func aRemovedFenceIsMissedUnlessAnotherIsThereByLuck(_ removal: Removal) throws {
    let removed = KernelTrace.arguments + ["--without", "\(removal.event)"]
    let alone = try beyondFormat(removed + KernelTrace.driverFences)
    try expect(alone, of: removal)
    let isHidden = isOrderedByLuck(without: removal.event)
    let among = try beyondFormat(removed)
    let outcome =
      alone.isEmpty ? "nothing to hide" : among.isEmpty ? "hidden by luck" : "seen all the same"
    print("fence \(removal.event) removed, all fences counted: \(outcome)")
    #expect(among.isEmpty == (isHidden || alone.isEmpty), "\(among)")
  }

  /// Findings other than that of format itself.
  private func beyondFormat(_ arguments: [String]) throws -> [JSONReport.Finding] {
    let checked = try check(arguments)
    let report = try checked.report
    #expect(checked.run.status == 1)
    #expect(report.certificate.addsUp)
    // 10^619 choices, and none left out but where several keys break a promise only together.
    #expect(
      report.certificate.excluded.allSatisfy { $0.rule == "not enumerated after a violation" },
      "\(report.certificate.excluded)"
    )
    return report.findings.filter { !isFormatFinding($0) }
  }

  private func expect(_ found: [JSONReport.Finding], of removal: Removal) throws {
    #expect(found.isEmpty == removal.kinds.isEmpty, "\(found)")
    for finding in found {
      #expect(removal.kinds.contains(finding.kind), "\(finding)")
      #expect(sectors(finding).isSubset(of: removal.sectors), "\(finding)")
      if removal.isAllAtOnce { #expect(sectors(finding) == removal.sectors, "\(finding)") }
      // Before the fence is missed nothing is new.
      #expect(finding.events >= removal.event - 1, "\(finding)")
    }
    switch removal.event {
    case 1032:
      #expect(found.contains { $0.promise.contains("block_size is 0") })
      #expect(found.contains { $0.promise.contains("n_blocks 0") })
    case 1034:
      #expect(found.allSatisfy { $0.events >= formatEnds })
      #expect(found.allSatisfy { $0.promise.contains("invalid magic 0x00000000") })
    case 3125, 4173:
      #expect(found.contains { $0.kind == "tornBlock" })
      #expect(found.contains { $0.kind == "splitEpoch" })
    default: break
    }
  }

  /// Whether another fence orders the same stores: none is between it and the one removed, nor a mark, which
  /// may promise something.
  private func isOrderedByLuck(without event: Int) -> Bool {
    [event - 1, event + 1].contains { neighbour in
      let line = KernelTrace.lines[neighbour - 1]
      return line.hasPrefix("FENCE") || line.hasPrefix("LOCK")
    }
  }
}
