import CacheSpecification
import Checker
import PersistencyModel
import ReferenceCache

/// Recovery that shows which assertions about the metadata do not hold, and nothing of the blocks.
///
/// M1 to M5 are asserted of the crash image, by the cache's inspection; M6 that recovery serves of each sector
/// the entry with the highest committed sequence number; R1 to R5 after recovery (dm-writecache reference 4.3).
struct MetadataRecovery: Recovery {
  let options: CacheOptions
  /// Bytes of persistent memory.
  let size: Int
  /// Sectors of the origin, where they are known.
  let originSectors: UInt64?

  mutating func recover<M: Medium>(_ medium: inout M) -> Observation {
    var part = MediumPart(medium, size: size)
    defer { medium = part.base }
    do throws(CacheError) {
      return try observe(&part)
    } catch {
      if case .refused(.blank) = error.reason { return .unformatted }
      return .refused(reason: error.description)
    }
  }

  private func observe<M: Medium>(_ medium: inout M) throws(CacheError) -> Observation {
    let before = try CacheInspection(of: &medium, options: options, originSectors: originSectors)
    let state = try CacheState.recover(on: &medium, options: options)
    let after = state.recoveryViolations(on: &medium, superblockBefore: before.superblock)
    var broken = before.violations.map { named($0) }
    broken += before.kept.filter { state.newestEntry(of: $0.sector) != $0.entry }.map {
      BrokenInvariant(
        "M6",
        detail: "recovery does not serve entry \($0.entry) for sector \($0.sector)"
      )
    }
    broken += after.map { named($0) }
    return .mounted(MountedCache(blocks: [], brokenInvariants: broken))
  }

  private func named(_ violation: InvariantViolation) -> BrokenInvariant {
    BrokenInvariant(violation.invariant.rawValue, detail: violation.description)
  }
}

/// Judges assertions about the metadata, each by its name.
struct MetadataOracle: Oracle {
  let history: CacheHistory

  var boundaries: [Int] { history.boundaries.filter { $0 > 0 }.map { $0 - 1 } }
  var promisesSomething: Bool { true }

  func period(at events: Int) -> Int { history.period(at: events) }

  /// One violation of each name.
  func violations(of outcome: Observation, in period: Int) -> [Checker.Violation] {
    var names: Set<String> = []
    return history.judgeMetadata(of: outcome, in: period)
      .filter { names.insert($0.guarantee).inserted }
      .map { violation in
        Checker.Violation(
          kind: violation.kind.rawValue,
          guarantee: violation.guarantee,
          contract: violation.contract.rawValue,
          severity: Severity(rawValue: violation.severity.rawValue) ?? .promiseBroken,
          promise: violation.promise
        )
      }
  }
}
