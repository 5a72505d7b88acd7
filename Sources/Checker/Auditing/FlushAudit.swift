public import PersistencyModel

/// What can be said of stores, flushes and fences without running recovery: what pmemcheck reports.
///
/// One pass over the trace, exact under the model of the machine. The definitions, with pmemcheck's name
/// (pmemcheck reference 1.1, 1.5) where it has one:
///
/// * **never made durable** ("not made persistent"): at the end of the trace some byte of the store is
///   pending. *Dirty* if nothing flushed it after it was stored, *flushed* if only the fence (or the deep
///   flush) is missing. A non-temporal store counts as flushed.
/// * **overwritten before durable** ("overwritten"): a later store writes a byte of it while that byte is
///   pending. A plain store onto a word with non-temporal data makes that durable first (persistency
///   model reference, section 4), so that is no overwriting.
/// * **redundant flush** ("redundantly flushed"): everything plain that is pending on the line was covered by
///   an earlier flush of the same thread, and something is.
/// * **superfluous flush** ("unnecessary"): nothing plain is pending on the line.
/// * **fence with nothing to order**: no flush of its thread is waiting for it that covers something
///   pending, and no non-temporal store of its thread is pending.
///
/// A flush request and its write-backs count as one flush: it is redundant or superfluous if each of its
/// write-backs is (redundant if one of them is redundant), and superfluous if nothing was written back.
/// pmemcheck takes the operand of a flush for its first byte and knows no threads and no non-temporal
/// stores; here a flush is of the line, by a thread.
public struct FlushAudit: Sendable {
  /// What is remarkable about one event.
  public enum Remark: String, Sendable, CaseIterable {
    /// A store of which bytes are never flushed.
    case neverFlushed
    /// A store of which bytes are flushed and never fenced.
    case neverFenced
    /// A store overwritten before it was durable.
    case overwritten
    /// A flush of what was flushed already.
    case redundantFlush
    /// A flush of nothing.
    case superfluousFlush
    /// A fence with nothing to order.
    case idleFence
  }

  /// The remarks of each event, by position; most have none.
  public private(set) var remarks: [Int: Set<Remark>] = [:]
  /// Flushes and fences without effect: removing all of them changes no crash state.
  ///
  /// Write-backs are judged by themselves here, and requests have no effect of their own.
  public private(set) var withoutEffect: Set<Int> = []

  private var requests: [UInt64: RequestTally] = [:]

  private struct RequestTally {
    var position: Int
    var writtenBack = 0
    var redundant = 0
    var useful = 0
  }

  /// Audits a trace; O(events · pieces pending on their lines).
  public init(_ trace: Trace, machine: PersistencyMachine) {
    var pass = AuditPass(machine: machine)
    for (position, event) in trace.events.enumerated() {
      let seen = pass.apply(event, at: position, of: trace)
      for overwritten in seen.overwritten { note(.overwritten, at: overwritten) }
      note(seen.effect, of: event, at: position)
    }
    for tally in requests.values where tally.useful == 0 {
      note(tally.redundant > 0 ? .redundantFlush : .superfluousFlush, at: tally.position)
    }
    for (position, isFlushed) in pass.pendingStores {
      note(isFlushed ? .neverFenced : .neverFlushed, at: position)
    }
  }

  private mutating func note(_ remark: Remark, at position: Int) {
    remarks[position, default: []].insert(remark)
  }

  private mutating func note(_ effect: AuditPass.Effect?, of event: Event, at position: Int) {
    guard let effect else { return }
    if effect != .useful { withoutEffect.insert(position) }
    if event.kind.isRequest {
      requests[event.payload] = RequestTally(position: position)
    } else if event.kind.isRouted, requests[event.payload] != nil {
      requests[event.payload]?.writtenBack += 1
      if effect == .useful { requests[event.payload]?.useful += 1 }
      if effect == .redundant { requests[event.payload]?.redundant += 1 }
    } else {
      switch effect {
      case .useful: break
      case .redundant: note(.redundantFlush, at: position)
      case .superfluous: note(.superfluousFlush, at: position)
      case .idle: note(.idleFence, at: position)
      }
    }
  }
}
