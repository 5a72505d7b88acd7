import Foundation
import TestSupport
import Testing

/// `fencepost-cache run` killed by SIGKILL at random moments: 20 times, or `FENCEPOST_SOAK_KILLS` times.
///
/// `FENCEPOST_SOAK_SEED` repeats the workloads and the delays; when exactly a process dies no seed repeats.
@Suite(.serialized) struct SoakTests {
  private static let kills =
    ProcessInfo.processInfo.environment["FENCEPOST_SOAK_KILLS"].flatMap { Int($0) } ?? 20

  private static let settings = [
    // Room for everything: write-back only where it is asked for.
    Soak.Setting(
      blockSize: 4096,
      strategy: "nonTemporal",
      cacheBytes: 1 << 20,
      originBlocks: 64
    ),
    // A third of what is written fits: watermarks and a full cache write back all the time.
    Soak.Setting(
      blockSize: 512,
      strategy: "cachedWithFlushRequests",
      cacheBytes: 12 << 10,
      originBlocks: 64,
      options: ["--autocommit-blocks", "8", "--nofua"]
    ),
    Soak.Setting(
      blockSize: 1024,
      strategy: "kernelMixed",
      cacheBytes: 40 << 10,
      originBlocks: 48,
      options: ["--high-watermark", "90", "--low-watermark", "10", "--max-age", "5000"]
    ),
  ]

  @Test func aKilledCacheKeepsEveryPromise() throws {
    let seed =
      ProcessInfo.processInfo.environment["FENCEPOST_SOAK_SEED"].flatMap { UInt64($0) }
      ?? UInt64.random(in: 0...UInt64.max)
    print("soak: \(Self.kills) kills, FENCEPOST_SOAK_SEED=\(seed)")
    for (index, setting) in Self.settings.enumerated() {
      var soak = try Soak(setting, seed: seed &+ UInt64(index))
      let share = (Self.kills + index) / Self.settings.count
      for number in 0..<share {
        let faults = try soak.kill()
        #expect(faults.isEmpty, "kill \(number + 1), FENCEPOST_SOAK_SEED=\(seed), \(setting)")
        if !faults.isEmpty { return }
      }
      #expect(soak.operations > share, "The soak did nothing")
      print(
        "soak: \(setting): \(share) kills, \(soak.earlyKills) of them while opening; "
          + "\(soak.operations) operations acknowledged; \(soak.uncommitted) times recovery had "
          + "uncommitted blocks to drop; every promise was kept"
      )
    }
    print(
      "soak: this tests the order of stores in the program, not its flushes: a killed process loses no store"
    )
  }
}
