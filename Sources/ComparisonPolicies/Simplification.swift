/// Where a re-implemented policy had to choose, or does less than its tool.
public struct Simplification: Hashable, Sendable {
  /// Short stable name, such as "no-sampling".
  public var name: String
  /// One sentence: what is done here, and in whose favour it errs where it does.
  public var text: String

  init(_ name: String, _ text: String) {
    self.name = name
    self.text = text
  }
}

extension ComparisonPolicy {
  /// Every choice made where the published description is silent, and everything left out.
  public var simplifications: [Simplification] {
    switch self {
    case .exact: []
    case .yat: Self.ofEveryPolicy + Self.ofWritesInFlight + [.quietFence, .noSampling]
    case .pmreorderFull, .pmreorderAccumulative: Self.ofEveryPolicy + Self.ofPmreorder
    case .vinter:
      Self.ofEveryPolicy + Self.ofWritesInFlight + [.quietFence, .readsUnknown, .prefixDraws]
    case .mumak: Self.ofEveryPolicy + [.siteless, .crashBefore, .imagesOnly]
    }
  }

  private static let ofEveryPolicy: [Simplification] = [.oneThread, .adrOnly, .bounded]
  private static let ofWritesInFlight: [Simplification] = [
    .lineWrite, .nonTemporalIsFlushed, .clflushDurable,
  ]
  private static let ofPmreorder: [Simplification] = [
    .logView, .storeSplitAt8, .wholeLineFlush, .noDeduplication,
  ]
}

extension Simplification {
  fileprivate static let oneThread = Simplification(
    "one-thread",
    "all threads are one: a fence completes the flushes of every thread"
  )
  fileprivate static let adrOnly = Simplification(
    "adr-only",
    "persistence domains are not known to it: caches are lost, and no device is volatile"
  )
  fileprivate static let bounded = Simplification(
    "bounded",
    "it stops at --max-executions; later fences are then not tried at all"
  )
  fileprivate static let lineWrite = Simplification(
    "line-write",
    "a store's part in one line is one write: it does not tear, and writes of a line keep their order"
  )
  fileprivate static let nonTemporalIsFlushed = Simplification(
    "nt-is-flushed",
    "a non-temporal store is a write that is flushed at once, with what its line holds before it"
  )
  fileprivate static let clflushDurable = Simplification(
    "clflush-durable",
    "clflush makes its line durable at once, and nothing is tried before it does"
  )
  fileprivate static let quietFence = Simplification(
    "quiet-fence",
    "nothing is tried at a fence before which no write is in flight"
  )
  fileprivate static let noSampling = Simplification(
    "no-sampling",
    "segments over a limit are not sampled: the enumeration goes on in order until the bound"
  )
  fileprivate static let readsUnknown = Simplification(
    "reads-unknown",
    "where what recovery reads is not known (external checkers, litmus tests), it reads every line"
  )
  fileprivate static let prefixDraws = Simplification(
    "prefix-draws",
    "of each subset at most 20 combinations of partial lines are tried: all in order, or drawn with --seed"
  )
  fileprivate static let logView = Simplification(
    "log-view",
    "events are seen as pmemcheck logs them: non-temporal stores as plain, clflush as flush and fence, "
      + "locked operations as no fence, msync and deep flushes not at all"
  )
  fileprivate static let storeSplitAt8 = Simplification(
    "store-split-at-8",
    "a store over 8 bytes is logged in pieces of 8, ascending"
  )
  fileprivate static let wholeLineFlush = Simplification(
    "whole-line-flush",
    "a flush covers its whole line, as with the recorder's option to align flushes"
  )
  fileprivate static let noDeduplication = Simplification(
    "counted-runs",
    "each sequence counts as a run, as in the tool; recovery itself runs once for each distinct image"
  )
  fileprivate static let siteless = Simplification(
    "siteless-events",
    "an event without a recorded site is a program point of its own, which errs in the tool's favour"
  )
  fileprivate static let crashBefore = Simplification(
    "crash-before",
    "power is lost before the instruction at the program point; the end of the run is none"
  )
  fileprivate static let imagesOnly = Simplification(
    "images-only",
    "the pass that looks for patterns in the trace (unflushed, unordered, redundant) is left out"
  )
}
