import Foundation
import PersistencyModel
import RecoveryRunner
import Testing

/// Whatever a checker does to the image, the next run finds the image it is meant to find.
struct ImageProtectionTests {
  private static let vandalism = [
    "overwrite", "map", "truncate", "truncate-twice", "extend", "unlink", "replace", "rename",
    "chmod", "become-directory", "remove-all",
  ]

  /// The tool does MODE where the argument says so, and prints the image in the next run.
  private func runner(_ mode: String, _ way: Way) throws -> RecoveryRunner {
    let script = Toolbox.directory + "/vandal-\(mode)-\(way.rawValue)"
    try """
    #!/bin/sh
    # A first byte of 1 is that of the base image.
    if test "$(head -c 1 "$1" | od -An -tu1 | tr -d ' ')" = 1
    then exec "\(Toolbox.tool)" dump "$1"
    else exec "\(Toolbox.tool)" \(mode) "$1"
    fi
    """.write(toFile: script, atomically: true, encoding: .utf8)
    try makeExecutable(script)
    return try RecoveryRunner(
      .command(CommandChecker([script], usesForkServer: way == .forkServer)),
      images: [smallImage],
      settings: Toolbox.settings,
      memo: nil
    )
  }

  @Test(arguments: Way.allCases, Self.vandalism)
  func everyChangeIsNotedAndUndone(way: Way, mode: String) throws {
    let runner = try runner(mode, way)
    let base = LineBytes(smallImage.bytes.prefix(64))
    runner.set(otherLine, at: 128)
    for _ in 0..<2 {
      runner.set(otherLine, at: 0)
      #expect(try runner.run() == RecoveryOutcome(.good, wroteToImage: true))
      runner.set(base, at: 0)
      #expect(try runner.run() == RecoveryOutcome(.good))
      #expect(runner.lastOutput == image(with: otherLine, at: 128))
    }
  }

  @Test(arguments: Way.allCases) func storesThroughAMappingAreUndoneAfterACrash(way: Way) throws {
    let runner = try runner("map-and-crash", way)
    runner.set(otherLine, at: 0)
    #expect(try runner.run() == RecoveryOutcome(.killed(signal: 6), wroteToImage: true))
    runner.set(LineBytes(smallImage.bytes.prefix(64)), at: 0)
    #expect(try runner.run() == RecoveryOutcome(.good))
    #expect(runner.lastOutput == smallImage.bytes)
  }

  @Test(arguments: Way.allCases, ["open-for-writing", "leave-directory"])
  func whatLeavesTheImageAloneIsNoWrite(way: Way, mode: String) throws {
    let runner = try runner(mode, way)
    runner.set(otherLine, at: 0)
    #expect(try runner.run() == RecoveryOutcome(.good))
    #expect(try runner.run() == RecoveryOutcome(.good))
  }

  @Test func anImageMayEndInsideALine() throws {
    let runner = try toolRunner("dump", .spawned)
    runner.set(otherLine, at: 192)
    #expect(try runner.run() == RecoveryOutcome(.good))
    #expect(runner.lastOutput == image(with: otherLine, at: 192))
  }

  @Test(arguments: Way.allCases) func manyLinesAreSentInSeveralBatches(way: Way) throws {
    let lines = 60_000
    let image = RecoveryImage(bytes: [UInt8](repeating: 0, count: lines * 64))
    let runner = try toolRunner("first-byte", way, images: [image])
    for line in 0..<lines { runner.set(otherLine, at: line * 64) }
    #expect(try runner.run() == RecoveryOutcome(.bad(status: 200)))
  }

  private func image(with line: LineBytes, at offset: Int) -> [UInt8] {
    var bytes = smallImage.bytes
    for index in 0..<64 where offset + index < bytes.count { bytes[offset + index] = line[index] }
    return bytes
  }
}
