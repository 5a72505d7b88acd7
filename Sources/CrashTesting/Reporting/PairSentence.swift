import Checker
import PersistencyModel

/// Why a crash may lose one store and keep another, in a sentence; events are numbered from 1.
struct PairSentence {
  private let pair: UnorderedPair
  private let trace: Trace

  init(_ pair: UnorderedPair, in trace: Trace) {
    self.pair = pair
    self.trace = trace
  }

  var text: String { "\(stores); \(cause)" }

  private var stores: String {
    let lost = "the store at \(place(pair.lost)) may be lost"
    guard let kept = pair.kept else { return lost }
    return "\(lost) while the one at \(place(kept)) survives"
  }

  private var cause: String {
    let line = "line \(pair.lost.line.index)"
    switch pair.cause {
    case .noFlush: return "no flush of \(line) follows it in time"
    case .requestNotDelivered(let request):
      return
        "the flush request of event \(request + 1) covers \(line) and was not delivered to its device"
    case .flushWithoutFence(let flush, let foreignFence):
      return "\(line) is flushed by event \(flush + 1), and no fence of that thread follows in time"
        + foreign(foreignFence)
    case .nonTemporalWithoutFence(let foreignFence):
      return "no fence of its thread follows the non-temporal store in time" + foreign(foreignFence)
    case .noDeepFlush: return "no deep flush follows in time"
    case .oneStore: return "they are parts of one store, and each becomes durable by itself"
    }
  }

  private func foreign(_ fence: Int?) -> String {
    fence.map { "; the fence of event \($0 + 1) is another thread's" } ?? ""
  }

  private func place(_ side: UnorderedPair.Side) -> String {
    "\(trace.site(trace.events[side.event].site).description) (event \(side.event + 1), "
      + "0x\(String(side.address, radix: 16)))"
  }
}
