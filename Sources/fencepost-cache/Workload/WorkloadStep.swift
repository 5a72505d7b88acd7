/// One operation of a workload.
enum WorkloadStep: Hashable {
  /// Blocks from a sector on, all of one content.
  struct Blocks: Hashable {
    var sector: UInt64
    var count: Int
  }

  case write(Blocks, BlockPattern, isForced: Bool, isMetadata: Bool)
  case read(Blocks)
  /// Each block holds one of these contents.
  case expect(Blocks, [BlockPattern])
  case discard(Range<UInt64>)
  case flush
  case commit
  case writeBack
  case startWriteBack(limit: Int)
  case completeWriteBack
  case tick(milliseconds: UInt64)
  case suspend
  case resume
  case message(String)
  case status
  /// An orderly stop, then another open.
  case reopen
  /// Memory's part of the cache is dropped without a commit, as by a killed process; then another open.
  case crash
}

extension WorkloadStep {
  /// Whether a failing origin shows in the cache's error state and not in the operation's own.
  var mayWriteBack: Bool {
    switch self {
    case .startWriteBack, .completeWriteBack, .tick, .suspend, .write: true
    default: false
    }
  }
}

extension WorkloadStep: CustomStringConvertible {
  /// The line of a workload that says it.
  var description: String {
    switch self {
    case .write(let blocks, let content, let isForced, let isMetadata):
      "write \(blocks.sector) \(content.name)\(blocks.suffix)"
        + (isForced ? " fua" : "") + (isMetadata ? " meta" : "")
    case .read(let blocks): "read \(blocks.sector)\(blocks.suffix)"
    case .expect(let blocks, let contents):
      "expect \(blocks.sector) \(contents.map(\.name).joined(separator: "|"))\(blocks.suffix)"
    case .discard(let sectors): "discard \(sectors.lowerBound) \(sectors.count)"
    case .flush: "flush"
    case .commit: "commit"
    case .writeBack: "writeback"
    case .startWriteBack(let limit): "start-writeback \(limit)"
    case .completeWriteBack: "complete-writeback"
    case .tick(let milliseconds): "tick \(milliseconds)"
    case .suspend: "suspend"
    case .resume: "resume"
    case .message(let text): "message \(text)"
    case .status: "status"
    case .reopen: "reopen"
    case .crash: "crash"
    }
  }
}

extension WorkloadStep.Blocks {
  fileprivate var suffix: String { count == 1 ? "" : " x\(count)" }
}
