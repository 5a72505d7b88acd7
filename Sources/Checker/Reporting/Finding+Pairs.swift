import OrderedCollections
import PersistencyModel

/// What makes two findings the same to a reader.
private struct PairKey: Hashable {
  var kind: String
  var lostSite: SiteID
  /// `nil` where nothing had to survive.
  var keptSite: SiteID?
}

extension [Finding] {
  /// The same findings with their unordered pairs; those of one kind and one pair of sites become one.
  ///
  /// The first of them stays and counts the others. O(findings * events).
  func paired(in subject: CheckSubject) -> [Finding] {
    var unpaired = 0
    var groups: OrderedDictionary<PairKey, Finding> = [:]
    for var finding in self {
      finding.pair = UnorderedPair(
        lost: finding.lost,
        kept: finding.kept,
        crashPoint: finding.crashPoint,
        in: subject.trace,
        options: subject.options
      )
      let key = finding.key(in: subject.trace, unpaired: &unpaired)
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
  /// A finding without a pair, or whose sites are not known, stays by itself.
  fileprivate func key(in trace: Trace, unpaired: inout Int) -> PairKey {
    if let pair, trace.events[pair.lost.event].site != 0 {
      return PairKey(
        kind: violation.kind,
        lostSite: trace.events[pair.lost.event].site,
        keptSite: pair.kept.map { trace.events[$0.event].site }
      )
    }
    unpaired += 1
    return PairKey(kind: "\(violation.kind) \(unpaired)", lostSite: 0, keptSite: nil)
  }
}
