import FlushTracer
import Foundation
import PersistencyModel
import ReferenceCache
import TestSupport
import TraceFormat

@testable import fencepost

/// A recording of the reference cache that needs each of its fences: three blocks, so that a freed one is
/// used again at once, an origin behind them, and two process deaths with a new process that recovers.
enum NecessityWorkload {
  static let blockSize = 512

  /// The recording of a debug build, in the repository.
  static func sample(_ strategy: PersistStrategy) -> String {
    let name = strategy == .nonTemporal ? "non-temporal" : "cached"
    return Repository.path("traces/samples/necessity/\(name).trace.zst")
  }

  /// Records the workload; with `FENCEPOST_PROMOTE` in the environment the sample becomes that recording.
  static func record(_ strategy: PersistStrategy) throws -> Trace {
    let trace = try CacheProcesses.record(
      lives,
      on: setup(strategy, blocks: 3),
      sites: .framePointers(3)
    ).withNamedSites
    if ProcessInfo.processInfo.environment["FENCEPOST_PROMOTE"] != nil {
      try TraceWriter.write(trace, to: sample(strategy))
    }
    return trace
  }

  /// A cache that does nothing by itself, over an origin of eight blocks.
  static func setup(
    _ strategy: PersistStrategy,
    blocks: Int,
    originBlocks: Int = 8,
    blockSize: Int = blockSize
  ) -> CacheSetup {
    var options = CacheOptions(blockSize: blockSize, strategy: strategy)
    options.autocommitBlocks = .max
    options.writeBack = .manual
    return .small(blocks: blocks, originBlocks: originBlocks, options: options)
  }

  private static let lives = [
    CacheProcesses.Life(
      steps: [
        "write A, write B, flush",
        // Copy on write: the flush frees the older version.
        "write B, flush",
        // Reuses its block, then writes in place: not committed yet.
        "write A, write A, flush",
        // A forced write commits; the block that it frees is used at once.
        "FUA write B, write D, flush",
        // So are discarded ones.
        "discard A, discard D, write C, write A",
        // Commits first (CW), writes everything to the origin, frees it.
        "write back",
        // Reuses freed blocks at once.
        "write A, write B, flush",
        // While a version is under write-back a newer one is left where it is (OV).
        "start write-back 1, write A, flush, start write-back, complete write-back",
        "write C, flush",
      ].joined(separator: ", "),
      dying: "write B"
    ),
    // Recovers what was not committed; the origin is flushed after a batch. Dies while a version that
    // a commit superseded is under write-back.
    CacheProcesses.Life(
      steps: [
        "write back, write A, write D, flush",
        "start write-back 1, write A, flush",
      ].joined(separator: ", "),
      forcesOriginWrites: false
    ),
    // Recovers the superseded version and uses its block at once; write-back of what is not committed.
    CacheProcesses.Life(
      steps: [
        "write B, flush, write back",
        "write C, write D, start write-back, complete write-back, write A, flush",
      ].joined(separator: ", ")
    ),
  ]
}
