/// Which crash images are tried: every permitted one, or those that another tool's policy would try.
///
/// All but `exact` are re-implementations from published descriptions, for comparison on the same trace.
/// What each leaves out of, or adds to, its source has a name: `simplifications`.
public enum ComparisonPolicy: String, Hashable, Sendable, CaseIterable {
  /// Every image that the model permits.
  case exact
  /// At each fence, every prefix of each line's writes in flight, in all combinations.
  case yat
  /// At each fence after a flush, every permutation of every subset of the flushed stores.
  case pmreorderFull = "pmreorder-full"
  /// At each fence after a flush, every prefix of the flushed stores in program order.
  case pmreorderAccumulative = "pmreorder-accumulative"
  /// At each fence nothing, everything, and subsets of the lines in flight that recovery reads.
  case vinter
  /// At each distinct place of a store, flush or fence, everything stored before it.
  case mumak

  /// The tool whose policy it is.
  public var tool: String {
    switch self {
    case .exact: "Fencepost"
    case .yat: "Yat"
    case .pmreorderFull: "pmreorder (ReorderFull)"
    case .pmreorderAccumulative: "pmreorder (ReorderAccumulative)"
    case .vinter: "Vinter"
    case .mumak: "Mumak"
    }
  }

  /// What it is, for help, reports and certificates.
  public var label: String {
    self == .exact
      ? "every image that the model permits"
      : "re-implementation of \(tool)'s published exploration policy, for comparison"
  }

  /// Whether an image that was tried before is not tried again, so that only distinct ones count as run.
  public var triesEachImageOnce: Bool { self == .exact || self == .vinter }

  /// The policy's code.
  var exploration: any ImageExploration {
    switch self {
    case .exact: ExactExploration()
    case .yat: YatExploration()
    case .pmreorderFull: PmreorderExploration(engine: .full)
    case .pmreorderAccumulative: PmreorderExploration(engine: .accumulative)
    case .vinter: VinterExploration()
    case .mumak: MumakExploration()
    }
  }
}
