import Foundation
import TestSupport
import Testing

/// Every finding is rebuilt by the one line printed with it.
struct ReproductionTests {
  /// Runs the line of a finding as a user would: in a shell, in another directory, in a new process.
  private func reproduce(
    _ finding: JSONReport.Finding,
    in scratch: Scratch
  ) throws -> [String] {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", finding.reproduce]
    shell.currentDirectoryURL = scratch.url
    shell.environment = ProcessInfo.processInfo.environment.merging([
      "PATH": Tool.products.path + ":/usr/bin:/bin"
    ]) { $1 }
    let before = try scratch.names
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0, "\(finding.reproduce)")
    return try scratch.names.filter { !before.contains($0) }
  }

  @Test(arguments: PmemcheckTests.checked.filter { $0.verdict == "violated" })
  func theImageOfAFindingIsRejectedByTheSameChecker(
    _ log: String,
    _ checker: String,
    _ verdict: String
  ) throws {
    let program = "\(SampleCheckers.directory)/check-\(checker)"
    let report = try check([Repository.log("\(log).log"), "--", program, "{}"]).report
    #expect(!report.findings.isEmpty)
    for finding in report.findings {
      let scratch = try Scratch()
      #expect(try reproduce(finding, in: scratch) == ["crash.img"])
      let image = scratch.path("crash.img")
      #expect(try status("/bin/sh", "-c", "exec \"$@\"", "sh", program, image) == 1)
    }
  }

  @Test func severalDevicesAreRebuiltAsTheCheckerSawThem() throws {
    let two = try TwoDevices()
    let report = try check(
      [two.trace, "--routing", "first-device"] + two.checking()
    ).report
    let finding = try #require(report.findings.first)
    let scratch = try Scratch()
    let images = try reproduce(finding, in: scratch).map { scratch.path($0) }
    try #require(images.count == 2)
    #expect(try status("/bin/sh", two.checker, images[0], images[1]) == 1)
    #expect(try status("/bin/sh", two.checker, images[1], images[0]) == 0)
  }

  @Test func whatTheCacheRefusesInsideFormatItsToolRefusesToo() throws {
    let report = try check(
      KernelTrace.arguments + ["--without", "1034"] + KernelTrace.driverFences
    )
    .report
    #expect(report.findings.count == 2)
    for finding in report.findings {
      let scratch = try Scratch()
      try #require(try reproduce(finding, in: scratch) == ["crash.img"])
      let inspected = try Tool.cache.run(["inspect", scratch.path("crash.img")])
      #expect(inspected.status == 65)
      #expect(inspected.errors.contains("invalid magic 0x00000000, expected 0x23489321"))
      #expect(finding.promise.contains("invalid magic 0x00000000, expected 0x23489321"))
    }
  }

  @Test(arguments: [3127, 4175])
  func aLostBlockReadsAsTheOriginUnderneath(_ fence: Int) throws {
    let report = try check(
      KernelTrace.arguments + ["--without", "\(fence)"] + KernelTrace.driverFences
    ).report
    let finding = try #require(report.findings.first { $0.kind == "lostDurableWrite" })
    let sector = try #require(finding.promise.firstMatch(of: /of sectors (\d+)\.\.</)).1
    let scratch = try Scratch()
    try #require(try reproduce(finding, in: scratch) == ["crash.img"])
    let origin = try decompressedFile(URL(fileURLWithPath: KernelTrace.origin))
    try scratch.file("origin.img", origin)
    let read = try Tool.cache.run([
      "read", scratch.path("crash.img"), "--sector", String(sector), "--count", "8",
      "--origin", scratch.path("origin.img"),
    ])
    let start = (Int(sector) ?? 0) * 512
    #expect(read.status == 0)
    #expect(read.output == Array(origin[start..<(start + 4096)]))
    // What was promised is there when everything pending is kept.
    let whole = finding.reproduce.replacing(/--keep \S+/, with: "--keep all")
    var kept = finding
    kept.reproduce = whole
    let other = try Scratch()
    _ = try reproduce(kept, in: other)
    let readWhole = try Tool.cache.run([
      "read", other.path("crash.img"), "--sector", String(sector), "--count", "8",
      "--origin", scratch.path("origin.img"),
    ])
    #expect(readWhole.output != read.output)
  }

  @Test func aTornBlockReadsAsNeitherContent() throws {
    // Few runs suffice: a state is found, not every one looked at.
    let report = try check(
      KernelTrace.arguments + ["--without", "3125", "--max-executions", "60"]
        + KernelTrace.driverFences
    ).report
    let finding = try #require(report.findings.first { $0.kind == "tornBlock" })
    let sector = try #require(finding.promise.firstMatch(of: /of sectors (\d+)\.\.</)).1
    let scratch = try Scratch()
    try #require(try reproduce(finding, in: scratch) == ["crash.img"])
    let read = try Tool.cache.run([
      "read", scratch.path("crash.img"), "--sector", String(sector), "--count", "8",
    ])
    #expect(read.status == 0)
    // The pattern repeats with its sector and position every 16 bytes: a word in place, and one that is not.
    let words = stride(from: 0, to: 4096, by: 16).map { Array(read.output[$0..<($0 + 4)]) }
    #expect(words.contains([0x57, 0x43, 0x50, 0x54]))
    #expect(Set(words).count > 1 || finding.lost[0].address.hasSuffix("8"))
  }

  @Test func whatNoCrashCanLeaveIsRefusedAndNothingIsWritten() throws {
    // At crash point 70 of this log eight stores to one line are under way, in order.
    let line = 0x1000_1000 / 64
    let scratch = try Scratch()
    let output = scratch.path("crash.img")
    for keep in [
      "\(line):{2}", "\(line):{1,3}", "\(line):99", "\(line):{0}", "\(line):{1,1}", "1:1",
      "\(line):-1", "\(line):", "\(line)", "\(line):1,\(line):2", "some", "\(line):{1",
      "18446744073709551616:0",
    ] {
      let run = try Tool.fencepost.run([
        "image", Repository.log("applog-ok-n3.log"), "--crash-point", "70", "--keep", keep,
        "-o", output,
      ])
      #expect(run.status == 64 && !run.isSignalled, "\(keep): \(run.errors)")
      #expect(run.errors.contains("--keep \(keep): "), "\(run.errors)")
      #expect(try scratch.names.isEmpty)
    }
    let point = try Tool.fencepost.run([
      "image", Repository.log("applog-ok-n3.log"), "--crash-point", "108", "-o", output,
    ])
    #expect(point.status == 64)
    let possible = try Tool.fencepost.run([
      "image", Repository.log("applog-ok-n3.log"), "--crash-point", "70", "--keep",
      "\(line):{1,2}", "-o", output,
    ])
    #expect(possible.status == 0, "\(possible.errors)")
    #expect(try scratch.names == ["crash.img"])
  }

  private func status(_ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: arguments[0])
    process.arguments = Array(arguments.dropFirst())
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
