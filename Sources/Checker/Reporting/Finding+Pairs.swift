import OrderedCollections
import PersistencyModel

/// What makes two findings the same to a reader.
private enum ReaderKey: Hashable {
  /// The sites of the stores that nothing orders; `nil` where nothing had to survive.
  case sites(kind: String, lost: SiteID, kept: SiteID?)
  /// The state itself, where there is no pair or its sites are not known.
  case state(kind: String, CrashPoint, lost: [LinePieces], kept: [LinePieces])
}

extension [Finding] {
  /// The same findings with their unordered pairs; those of one kind and one pair of sites become one, and
  /// so do those of one kind and one state, to which several losses came down.
  ///
  /// The first of them stays and counts the others. O(findings * events).
  func paired(in subject: CheckSubject) -> [Finding] {
    var groups: OrderedDictionary<ReaderKey, Finding> = [:]
    for var finding in self {
      finding.pair = UnorderedPair(
        lost: finding.lost,
        kept: finding.kept,
        crashPoint: finding.crashPoint,
        in: subject.trace,
        options: subject.options
      )
      let key = finding.key(in: subject.trace)
      if groups[key] == nil {
        groups[key] = finding
      } else {
        groups[key]?.others += 1 + finding.others
      }
    }
    return Array(groups.values)
  }
}

extension Finding {
  fileprivate func key(in trace: Trace) -> ReaderKey {
    guard let pair, trace.events[pair.lost.event].site != 0 else {
      return .state(kind: violation.kind, crashPoint, lost: lost, kept: kept)
    }
    return .sites(
      kind: violation.kind,
      lost: trace.events[pair.lost.event].site,
      kept: pair.kept.map { trace.events[$0.event].site }
    )
  }
}
