import Checker
import PersistencyModel

/// Why a crash may lose one store and keep another, in a sentence.
struct PairText {
  let document: ReportDocument
  let finding: Finding
  let pair: UnorderedPair

  /// The whole sentence; it names events as `fencepost show` numbers them.
  var sentence: String { "\(stores); \(reason)" }

  /// Which store may be lost while which survives.
  var stores: String {
    let lost = "the store at \(place(pair.lost)) may be lost"
    guard let kept = pair.kept else { return lost }
    if pair.cause == .oneStore {
      return "part of \(lost) while its part at \(address(kept)) survives"
    }
    return "\(lost) while the \(pair.isKeptLater ? "" : "earlier ")store at \(place(kept)) survives"
      + (pair.isOnOneLine ? ", both on one line" : "")
  }

  /// Between which events nothing orders them, and what is missing there.
  var reason: String { "\(window): \(cause)" }

  private var window: String {
    if pair.cause == .oneStore { return "nothing orders the parts of one store" }
    if pair.isKeptLater { return "nothing orders them between \(lostEvent) and \(end)" }
    return "nothing makes it durable between \(lostEvent) and \(end)"
  }

  private var cause: String {
    let line = "line \(pair.lost.line.index)"
    switch pair.cause {
    case .noFlush: return "no flush of \(line) follows the store"
    case .requestNotDelivered(let request):
      let number = document.input.numbered.trace.events[request].payload
      if document.input.numbered.trace.events[request].kind == .diskFlush {
        return "disk flush request \(number) of \(event(request)) was not delivered to "
          + document.deviceText(pair.lost.line)
      }
      return "flush request \(number) of \(event(request)) covers \(line) and was not delivered to "
        + document.deviceText(pair.lost.line)
    case .flushWithoutFence(let flush, let foreignFence):
      return "\(line) is flushed by \(event(flush)), and no fence of that thread follows"
        + foreign(foreignFence)
    case .nonTemporalWithoutFence(let foreignFence):
      return "no fence of its thread follows the non-temporal store" + foreign(foreignFence)
    case .noDeepFlush:
      return
        "\(line) is in the write-pending queue of \(document.deviceText(pair.lost.line)), and no "
        + "deep flush follows"
    case .noDiskFlush:
      return
        "no flush of \(document.deviceText(pair.lost.line)) follows the write, which is not forced"
    case .oneStore: return "each becomes durable by itself"
    }
  }

  private func foreign(_ fence: Int?) -> String {
    fence.map { "; the fence of \(event($0)) is another thread's" } ?? ""
  }

  private var lostEvent: String { event(pair.lost.event) }

  private var end: String {
    if pair.isKeptLater { return event(pair.end) }
    return "crash point \(document.input.numbered.told(finding.crashPoint).description)"
  }

  private func event(_ position: Int) -> String {
    "event \(document.input.numbered.number(ofEventAt: position))"
  }

  private func place(_ side: UnorderedPair.Side) -> String {
    let site = "\(document.siteText(ofEventAt: side.event)) (\(event(side.event))"
    if document.sectorText(ofEventAt: side.event) != nil {
      return "\(site), \(document.lineText(side.line)))"
    }
    return "\(site), line \(side.line.index) at \(address(side)))"
  }

  private func address(_ side: UnorderedPair.Side) -> String {
    "0x" + String(side.address, radix: 16)
  }
}

extension UnorderedPair.Cause {
  /// The cause's stable name in reports for programs.
  var name: String {
    switch self {
    case .noFlush: "no-flush"
    case .requestNotDelivered: "request-not-delivered"
    case .flushWithoutFence: "flush-without-fence"
    case .nonTemporalWithoutFence: "non-temporal-without-fence"
    case .noDeepFlush: "no-deep-flush"
    case .noDiskFlush: "no-disk-flush"
    case .oneStore: "one-store"
    }
  }

  /// Position of the flush or the request that does not suffice.
  var event: Int? {
    switch self {
    case .requestNotDelivered(let request): request
    case .flushWithoutFence(let flush, _): flush
    case .noFlush, .nonTemporalWithoutFence, .noDeepFlush, .noDiskFlush, .oneStore: nil
    }
  }

  /// Position of another thread's fence, which does not count.
  var foreignFence: Int? {
    switch self {
    case .flushWithoutFence(_, let fence), .nonTemporalWithoutFence(let fence): fence
    case .noFlush, .requestNotDelivered, .noDeepFlush, .noDiskFlush, .oneStore: nil
    }
  }
}
