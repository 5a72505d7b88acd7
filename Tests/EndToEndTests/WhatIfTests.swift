import Foundation
import TestSupport
import Testing

/// The same recording under other routers, devices and filters.
struct WhatIfTests {
  private let two: TwoDevices

  init() throws { two = try TwoDevices() }

  private func verdict(
    _ options: [String],
    _ checker: [String]? = nil
  ) throws -> (status: Int32, report: JSONReport) {
    let checked = try check([two.trace] + options + (checker ?? two.checking()))
    return (checked.run.status, try checked.report)
  }

  @Test(arguments: [[], ["--routing", "correct"], ["--routing", "first-segment"]])
  func requestsThatReachTheirDeviceMakeItConsistent(_ options: [String]) throws {
    let (status, report) = try verdict(options)
    #expect(status == 0)
    #expect(report.verdict == "consistent")
    #expect(report.findings.isEmpty)
    // data in order before flag: neither, data, both.
    #expect(report.certificate.permittedChoices == "3")
  }

  @Test func requestsThatReachTheFirstDeviceOnlyLeaveTheDataBehind() throws {
    let (status, report) = try verdict(["--routing", "first-device"])
    #expect(status == 1)
    #expect(report.certificate.permittedChoices == "4")
    let finding = try #require(report.findings.first)
    #expect(report.findings.count == 1)
    #expect(finding.lost.map(\.device) == ["b"])
    #expect(finding.lost.map(\.event) == [2])
    #expect(finding.kept.map(\.device) == ["a"])
    #expect(finding.sites == ["data", "flag"])
    let text = try Tool.fencepost.run(
      ["check", two.trace, "--routing", "first-device"] + two.checking()
    ).text
    #expect(text.contains("unordered: the store at data (event 2, line 64 at 0x1000) may be lost"))
    #expect(text.contains("while the store at flag (event "))
    #expect(text.contains("flush request 1 for 0x1000, 64 bytes, routed first-device"))
    #expect(text.contains("stayed behind: line 64 on b"))
  }

  @Test func onOneDeviceTheFirstIsTheOnlyOne() throws {
    for devices in [["--devices", "linear:8K"], ["--devices", "linear:one=8K"]] {
      let (status, _) = try verdict(
        devices + ["--routing", "first-device"],
        two.checkingJoined()
      )
      #expect(status == 0)
    }
  }

  @Test func aTableInAFileIsTheSameAsInline() throws {
    let table = try two.scratch.text("table", "0 8 linear a 0\n8 8 linear b 0\n")
    for routing in ["correct", "first-device"] {
      let inline = try verdict(["--devices", "linear:a=4K,b=4K", "--routing", routing])
      let file = try verdict(["--device-table", table, "--routing", routing])
      #expect(inline.status == (routing == "correct" ? 0 : 1))
      #expect(file.status == inline.status)
      #expect(file.report.certificate == inline.report.certificate)
    }
  }

  @Test func theFirstDeviceIsTheFirstOneNamed() throws {
    // The flag is on b now, the data on a.
    let segments = "0 8 linear b 0\n8 8 linear a 0\n"
    for (devices, verdictExpected) in [
      ("device b 4K\ndevice a 4K\n", "violated"), ("device a 4K\ndevice b 4K\n", "consistent"),
    ] {
      let table = try two.scratch.text("table", devices + segments)
      let (_, report) = try verdict(
        ["--device-table", table, "--routing", "first-device"],
        two.checking("b", "a")
      )
      #expect(report.verdict == verdictExpected)
    }
  }

  @Test func aDomainThatNeedsNoFlushForgivesTheRouter() throws {
    let eadr = try verdict(["--devices", "linear:a=4K,b=4K@eadr", "--routing", "first-device"])
    #expect(eadr.status == 0)
    let volatile = try verdict(["--devices", "linear:a=4K,b=4K@volatile"])
    #expect(volatile.report.verdict == "violated")
  }

  @Test func aMissingFenceOrRequestIsFoundWithoutRecordingAgain() throws {
    // 5 is the fence between data and flag, 4 the write-back of the data, 3 and 4 request and write-back.
    for events in [["5"], ["4"], ["3-4"], ["3", "4"]] {
      let (status, report) = try verdict(["--without"] + events)
      #expect(status == 1, "\(events)")
      #expect(report.findings.first?.lost.map(\.event) == [2])
    }
    // 9 is the last fence: nothing comes after it.
    #expect(try verdict(["--without", "9"]).status == 0)
  }

  @Test func onlyFencesOfTheSitesNamedCount() throws {
    #expect(try verdict(["--fences-from", "s"]).status == 0)
    #expect(try verdict(["--fences-from", "first"]).status == 0)
    #expect(try verdict(["--fences-from", "second"]).status == 1)
  }

  @Test func aFilterThatMatchesNothingIsNeverConsistent() throws {
    let good = ["--", "/bin/true"]
    let filters = [
      (["--fences-from", "nowhere"], "--fences-from nowhere matches no ordering event"),
      (["--crash-within", "nowhere"], "--crash-within nowhere matches nothing"),
      (["--skip", "nowhere"], "--skip nowhere matches nothing"),
    ]
    #expect(try verdict([], good).status == 0)
    for (filter, reason) in filters {
      let (status, report) = try verdict(filter, good)
      #expect(status == 2)
      #expect(report.verdict == "inconclusive")
      #expect(report.reasons.contains { $0.contains(reason) }, "\(report.reasons)")
      #expect(try verdict(filter + ["--allow-inconclusive"], good).status == 0)
    }
  }

  @Test func crashPointsAreLimitedToMarksOrKeptOutOfThem() throws {
    // Without the fence between them flag may survive alone, until the last fence inside W.
    let broken = ["--without", "5"]
    #expect(try verdict(broken + ["--crash-within", "W"]).status == 1)
    let skipped = try verdict(broken + ["--skip", "W"])
    #expect(skipped.status == 2)
    #expect(skipped.report.findings.isEmpty)
    #expect(skipped.report.certificate.addsUp && skipped.report.certificate.leavesOut)
  }

  @Test func routingNeedsRequestsUnlessFlushesAreReadAsSuch() throws {
    let log = Repository.log("applog-ok-n3.log")
    let refused = try check([log, "--routing", "first-device", "--", "/bin/true"])
    #expect(refused.run.status == 64)
    let read = try check(
      [log, "--flushes-are-requests", "--routing", "first-device"]
        + SampleCheckers.forms(of: "log")[0]
    )
    #expect(read.run.status == 0, "\(read.run.errors)")
  }
}
