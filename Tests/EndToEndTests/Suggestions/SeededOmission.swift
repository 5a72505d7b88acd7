import PersistencyModel
import ReferenceCache

@testable import fencepost

/// A cache, or a router under it, that leaves out a flush, a fence, a flush of the origin or the delivery of
/// a request, on a small workload that shows it; and what is to be suggested.
struct SeededOmission: Sendable {
  /// What the first suggestion is, as events of the recording.
  enum Expectation: Hashable, Sendable {
    /// What was left out: with it the recording is that of the correct cache.
    case omitted
    /// Something else that does as well, and why.
    case equivalent(String)
  }

  /// The defect or the router, such as "S3" or "RT1 first-device-overrun".
  var name: String
  var setup: CacheSetup
  var lives: [CacheProcesses.Life]
  /// How the first suggestion begins; places have other names where functions are inlined.
  var suggestion: String
  var expectation = Expectation.omitted

  /// The same without what is wrong.
  var correct: SeededOmission {
    var correct = self
    correct.setup.options.defects = []
    correct.setup.router = .correct
    return correct
  }
}

extension SeededOmission: CustomStringConvertible {
  var description: String {
    let origin = lives[0].forcesOriginWrites ? "" : ", nofua"
    return "\(name), \(setup.options.strategy.rawValue)\(origin)"
  }
}

// Defects of the cache.
extension SeededOmission {
  /// A defect that is an omission, on its smallest workload, in which power cuts are deaths of the process.
  private static func cache(
    _ defect: CacheDefect,
    _ strategy: PersistStrategy,
    _ suggestion: String,
    _ expectation: Expectation = .omitted,
    forcesOriginWrites: Bool = true
  ) -> SeededOmission {
    workload(
      defect.smallestWorkload.split(separator: ", power cut, ").map(String.init),
      blocks: defect.smallestBlockCount,
      of: defect,
      strategy,
      suggestion,
      expectation,
      forcesOriginWrites: forcesOriginWrites
    )
  }

  private static func workload(
    _ lives: [String],
    blocks: Int,
    of defect: CacheDefect,
    _ strategy: PersistStrategy,
    _ suggestion: String,
    _ expectation: Expectation = .omitted,
    forcesOriginWrites: Bool = true
  ) -> SeededOmission {
    var setup = NecessityWorkload.setup(
      strategy,
      blocks: blocks,
      originBlocks: 4,
      // The mixed rule copies smaller blocks past the cache, where nothing has to be written back.
      blockSize: defect == .s26 && strategy == .kernelMixed ? 1024 : 512
    )
    setup.options.defects = CacheDefects(defect)
    return SeededOmission(
      name: defect.name,
      setup: setup,
      lives: lives.map { CacheProcesses.Life(steps: $0, forcesOriginWrites: forcesOriginWrites) },
      suggestion: suggestion,
      expectation: expectation
    )
  }

  private static let lateFence = Expectation.equivalent(
    "the fence that comes too late stays where it is and has nothing to order any more"
  )

  /// Every defect that omits a flush, a fence or a flush of the origin, where it can show.
  ///
  /// The others store something else, in another order, or not at all: no flush or fence put in mends them.
  static func cache(_ strategy: PersistStrategy) -> [SeededOmission] {
    let isCached = strategy == .cachedWithFlushRequests
    let fences: [SeededOmission] = [
      cache(.s1, strategy, "insert sfence"),
      cache(.s2, strategy, "insert sfence"),
      cache(.s5, strategy, "insert sfence"),
      cache(.s6, strategy, "insert sfence"),
      cache(.s8, strategy, "insert sfence", lateFence),
      cache(.s9, strategy, "insert sfence", lateFence),
      cache(.s20, strategy, "insert sfence", lateFence),
    ]
    return fences + (isCached ? onTwoLines : ofReuse(strategy)) + origin(strategy)
      + (strategy == .nonTemporal ? [] : [tail(strategy)])
  }

  /// S3 and S7 where a torn entry shows them.
  private static func ofReuse(_ strategy: PersistStrategy) -> [SeededOmission] {
    [
      cache(.s3, strategy, "insert sfence"),
      cache(.s7, strategy, "insert sfence"),
    ]
  }

  /// S3 and S7 with cached stores, which keep the order of one line: the versions are on two.
  private static var onTwoLines: [SeededOmission] {
    let fill = "write A, write B, write C, write D, flush"
    return [
      workload(
        ["\(fill), write A, flush, write back"],
        blocks: 5,
        of: .s3,
        .cachedWithFlushRequests,
        "insert sfence",
        .equivalent(
          "the older version's clear is durable before write-back clears the newer one, and no block is "
            + "used again before that"
        )
      ),
      workload(
        ["\(fill), start write-back 1, write A, flush", "write back"],
        blocks: 5,
        of: .s7,
        .cachedWithFlushRequests,
        "insert sfence"
      ),
    ]
  }

  private static func origin(_ strategy: PersistStrategy) -> [SeededOmission] {
    let suggestion = "make the writes of sectors"
    return [
      cache(.s4, strategy, suggestion),
      cache(
        .s4,
        strategy,
        suggestion,
        .equivalent("a forced write is durable when it is complete, as one is after a flush"),
        forcesOriginWrites: false
      ),
    ]
  }

  private static func tail(_ strategy: PersistStrategy) -> SeededOmission {
    cache(
      .s26,
      strategy,
      "insert clwb of the lines stored to",
      // The mixed rule writes back line by line anyway.
      strategy == .kernelMixed
        ? .omitted
        : .equivalent(
          "the last line is written back right after it was stored to, the lines before it earlier; all "
            + "of it before the same fence"
        )
    )
  }
}
