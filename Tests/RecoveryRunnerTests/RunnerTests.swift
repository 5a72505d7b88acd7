import Foundation
import PersistencyModel
import RecoveryRunner
import Testing

/// The runner itself: arguments, the memo, repetition, and what it leaves behind.
struct RunnerTests {
  private func arguments(_ given: [String], images: [RecoveryImage]) throws -> [String] {
    let runner = try RecoveryRunner(
      .command(CommandChecker([Toolbox.tool, "arguments"] + given)),
      images: images,
      settings: Toolbox.settings
    )
    #expect(try runner.run().isGood)
    let lines = String(decoding: runner.lastOutput, as: UTF8.self).split(separator: "\n")
    // The directory's name differs from run to run.
    return lines.dropFirst().map { line in
      line.replacingOccurrences(
        of: "/dev/shm/fencepost-[^/]*",
        with: "DIR",
        options: .regularExpression
      )
    }
  }

  @Test func bracesStandForThePathOfTheImage() throws {
    let one = [RecoveryImage(name: "pool", bytes: [1])]
    #expect(try arguments([], images: one) == ["DIR/image0"])
    #expect(try arguments(["a", "{}", "b"], images: one) == ["a", "DIR/image0", "b"])
    #expect(try arguments(["-f{}", "{pool}"], images: one) == ["-fDIR/image0", "DIR/image0"])
    #expect(try arguments(["{other}"], images: one) == ["{other}", "DIR/image0"])
    let two = [RecoveryImage(name: "a", bytes: [1]), RecoveryImage(name: "b", bytes: [2])]
    #expect(try arguments(["{b}"], images: two) == ["DIR/image1"])
    #expect(try arguments([], images: two) == ["DIR/image0", "DIR/image1"])
  }

  @Test func nothingPassesThroughAShell() throws {
    let given = ["$(id)", "`id`", "a b", "*", ";", ""]
    let found = try arguments(given.dropLast() + ["{}"], images: [smallImage])
    #expect(found == given.dropLast() + ["DIR/image0"])
  }

  @Test func withoutTheForkServersLibraryRunsAreSpawnedAndWhatIsMissingIsSaid() throws {
    var settings = Toolbox.settings
    let checker = ExternalChecker.command(CommandChecker([Toolbox.tool, "arguments"]))
    for (library, obstacle) in [
      (settings.forkServerLibrary, nil), ("/nowhere.so", TrackingLoss.noLibrary),
    ] {
      settings.forkServerLibrary = library
      let runner = try RecoveryRunner(
        checker,
        images: [smallImage],
        settings: settings,
        memo: nil,
        tracking: TrackedLines(offsets: [[0]])
      )
      #expect(runner.trackingObstacle == obstacle)
      #expect(try runner.run().isGood)
    }
    #expect("\(TrackingLoss.noLibrary)".hasPrefix("libfencepost-forkserver.so is neither"))
  }

  @Test func aProgramThatIsNotThereIsSaidNotToStart() {
    for (command, code) in [
      ("no-such-program-x", ENOENT), ("/nonexistent/x", ENOENT), ("/tmp", EACCES),
    ] {
      #expect(throws: RecoveryRunnerError(.cannotStart(command: command), errno: code)) {
        try RecoveryRunner(
          .command(CommandChecker([command])),
          images: [smallImage],
          settings: Toolbox.settings
        )
      }
    }
  }

  @Test func aMissingInterpreterIsSaidNotToStart() throws {
    let script = Toolbox.directory + "/no-interpreter"
    try "#!/nonexistent/sh\n".write(toFile: script, atomically: true, encoding: .utf8)
    try makeExecutable(script)
    let runner = try RecoveryRunner(
      .command(CommandChecker([script])),
      images: [smallImage],
      settings: Toolbox.settings
    )
    #expect(throws: RecoveryRunnerError(.cannotStart(command: script), errno: ENOENT)) {
      try runner.run()
    }
  }

  @Test func anEqualImageWithEqualMarksIsNotRunAgain() throws {
    let runner = try toolRunner("first-byte", .spawned, memo: RecoveryMemo())
    let base = LineBytes(smallImage.bytes.prefix(64))
    for line in [base, otherLine, base, otherLine] {
      runner.set(line, at: 0)
      try runner.enqueue(marksPassed: ["A"])
    }
    // A line that was never changed before, and then has its base content again.
    runner.set(otherLine, at: 64)
    try runner.enqueue(marksPassed: ["A"])
    runner.set(LineBytes(smallImage.bytes[64..<128]), at: 64)
    try runner.enqueue(marksPassed: ["A"])
    try runner.enqueue(marksPassed: ["B"])
    let endings = try runner.collect().map(\.ending)
    #expect(endings == [1, 200, 1, 200, 200, 200, 200].map { .bad(status: $0) })
    #expect(runner.executed == 4)
    #expect(runner.reused == 3)
    #expect(try runner.run(marksPassed: ["A"]).ending == .bad(status: 200))
    #expect(runner.executed == 4)
  }

  @Test func aFullMemoStillAnswersRight() throws {
    let runner = try toolRunner("first-byte", .forkServer, memo: RecoveryMemo(capacity: 2))
    for round in 0..<3 {
      for value in UInt8(1)...5 {
        runner.set(LineBytes([value]), at: 0)
        try runner.enqueue()
      }
      #expect(try runner.collect().map(\.ending) == (1...5).map { .bad(status: $0) }, "\(round)")
    }
    #expect(runner.executed == 5 + 3 + 3)
  }

  @Test func aCheckerThatChangesItsMindIsNoticed() throws {
    let checker = LibraryChecker(path: Toolbox.library, symbol: "alternates")
    let runner = try RecoveryRunner(
      .library(checker),
      images: [smallImage],
      settings: Toolbox.settings,
      memo: nil
    )
    runner.confirm(sampleEvery: 8)
    for _ in 0..<20 { try runner.enqueue() }
    #expect(try runner.collect().count == 20)
    // Repeated: 0, the powers of two, and multiples of 8.
    #expect(runner.nondeterminism.map(\.execution) == [0, 1, 2, 4, 8, 16])
    #expect(runner.nondeterminism[0].first == RecoveryOutcome(.good))
    #expect(runner.nondeterminism[0].second == RecoveryOutcome(.bad(status: 1)))
  }

  @Test func aDeterministicCheckerIsNotAccused() throws {
    let runner = try toolRunner("first-byte", .forkServer)
    runner.confirm(sampleEvery: 1)
    for value in UInt8(0)..<20 {
      runner.set(LineBytes([value]), at: 0)
      try runner.enqueue()
    }
    #expect(try runner.collect().count == 20)
    #expect(runner.nondeterminism.isEmpty)
  }

  @Test func severalImagesAreChangedApart() throws {
    let images = [
      RecoveryImage(name: "a", bytes: [1, 2]), RecoveryImage(name: "b", bytes: [3, 4]),
    ]
    let runner = try RecoveryRunner(
      .command(CommandChecker(["cat", "{a}", "{b}"])),
      images: images,
      settings: Toolbox.settings
    )
    #expect(try runner.run().isGood)
    #expect(runner.lastOutput == [1, 2, 3, 4])
    runner.set(LineBytes([7, 8]), at: 0, image: 1)
    #expect(try runner.run().isGood)
    #expect(runner.lastOutput == [1, 2, 7, 8])
  }

  @Test func imagesAreKeptInThePlaceGivenAndRemovedAtTheEnd() throws {
    let place = Toolbox.directory + "/place with spaces:and colons"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    let names = { try FileManager.default.contentsOfDirectory(atPath: place) }
    var settings = Toolbox.settings
    settings.places = ["/nonexistent", place]
    do {
      let runner = try toolRunner("first-byte", .forkServer, settings: settings)
      #expect(try names().count == 1)
      let path = try place + "/" + names()[0]
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o700)
      #expect(try runner.run() == RecoveryOutcome(.bad(status: 1)))
    }
    #expect(try names() == [])
    settings.places = ["/nonexistent"]
    #expect(throws: RecoveryRunnerError(.noPlaceForImages(path: "/nonexistent"), errno: ENOENT)) {
      try toolRunner("good", .spawned, settings: settings)
    }
    #expect(try names() == [])
  }

  @Test func anInterruptedRunnerStopsAtOnceAndCleansUp() throws {
    let place = Toolbox.directory + "/interrupted"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    var settings = Toolbox.settings
    settings.places = [place]
    do {
      let runner = try RecoveryRunner(
        .command(CommandChecker([Toolbox.tool, "hang"])),
        images: [smallImage],
        settings: settings,
        shouldStop: { true }
      )
      runner.set(otherLine, at: 0)
      #expect(throws: RecoveryRunnerError(.interrupted)) { try runner.run() }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: place) == [])
  }

  @Test func aWorkerIsNobodyElsesToStart() {
    #expect(RecoveryWorker.isRequested(by: ["x", "--recovery-worker"]))
    #expect(!RecoveryWorker.isRequested(by: ["x", "y", "--recovery-worker"]))
    #expect(RecoveryWorker.main(arguments: ["x"]) == 64)
  }
}
