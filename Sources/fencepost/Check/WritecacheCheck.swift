import CacheSpecification
import Checker
import PersistencyModel
import ReferenceCache

/// Contents seen during a check, shared by the recovery that reads them and the oracle that judges.
final class SharedContents {
  var table: ContentTable

  init(_ table: ContentTable) { self.table = table }
}

/// Recovery of the reference cache, as the checker runs it.
///
/// Where the trace has the disk under the cache, blocks that are not cached show what the crash state leaves
/// of it.
struct WritecacheRecovery: Recovery {
  let options: CacheOptions
  let history: CacheHistory
  let contents: SharedContents
  var disk: OriginDisk?

  /// First sectors of the blocks that are observed, ascending, whether they are cached or not.
  var observedSectors: [UInt64] {
    guard let disk else { return history.writtenSectors }
    return Set(history.writtenSectors + disk.writtenBlocks).sorted()
  }

  mutating func recover<M: Medium>(_ medium: inout M) -> Observation {
    recover(&medium, showing: nil)
  }

  mutating func recover<M: Medium>(_ medium: inout M, showing keys: [UInt64]?) -> Observation {
    observe(&medium, showing: keys) { _, _ in .unidentified }
  }

  /// The same with the bytes of every block, also of those that hold nothing ever written to them.
  mutating func explain<M: Medium>(_ medium: inout M) -> Observation {
    observe(&medium, showing: nil) { [contents] range, medium in
      contents.table.intern(medium.bytes(range))
    }
  }

  private func observe<M: Medium>(
    _ medium: inout M,
    showing keys: [UInt64]?,
    unknown: (Range<Int>, inout MediumPart<M>) -> BlockContent
  ) -> Observation {
    var part = MediumPart(medium, size: disk?.memorySize ?? medium.size)
    defer { medium = part.base }
    let cached = observeMemory(&part, unknown: unknown)
    guard let disk, case .mounted(let cache) = cached else { return cached }
    let shown = Set(cache.blocks.map(\.sector))
    let blocks = (keys ?? observedSectors).filter { !shown.contains($0) && disk.holds(blockAt: $0) }
      .map { sector in
        let bytes = disk.block(at: sector, on: &part.base)
        return ObservedBlock(sector: sector, content: contents.table.intern(bytes))
      }
    return .mounted(cache.blocks + blocks)
  }

  private func observeMemory<M: Medium>(
    _ medium: inout M,
    unknown: (Range<Int>, inout M) -> BlockContent
  ) -> Observation {
    do throws(CacheError) {
      let state = try CacheState.recover(on: &medium, options: options)
      if state.layout.blockCount == 0 {
        return .refused(reason: "the superblock says n_blocks 0: a cache that can hold nothing")
      }
      if let identical = state.identicalEntries {
        return .errorState(
          reason: "entries \(identical.first) and \(identical.second) are identical: "
            + "sector \(identical.sector), sequence \(identical.sequence)"
        )
      }
      return .mounted(blocks(state, &medium, unknown))
    } catch {
      if case .refused(.blank) = error.reason { return .unformatted }
      return .refused(reason: error.description)
    }
  }

  private func blocks<M: Medium>(
    _ state: CacheState,
    _ medium: inout M,
    _ unknown: (Range<Int>, inout M) -> BlockContent
  ) -> [ObservedBlock] {
    var blocks: [ObservedBlock] = []
    state.forEachCachedBlock(on: &medium) { sector, range, medium in
      let known = history.knownContents(at: sector, in: &contents.table)
      let found = medium.identify(range, among: known.map(contents.table.words))
      let content = found.map { known[$0] } ?? unknown(range, &medium)
      blocks.append(ObservedBlock(sector: sector, content: content))
    }
    return blocks
  }
}

/// What dm-writecache promises, as the checker asks it.
struct WritecacheOracle: Oracle {
  let history: CacheHistory
  let contents: SharedContents
  let hasOperations: Bool
  /// Sectors of blocks that are judged one by one, ascending.
  let keys: [UInt64]?

  var boundaries: [Int] { history.boundaries.filter { $0 > 0 }.map { $0 - 1 } }
  var promisesSomething: Bool { hasOperations }

  func period(at events: Int) -> Int { history.period(at: events) }

  func alternatives(in period: Int) -> Int { history.alternatives(in: period) }

  func permits(_ outcome: Observation, key: UInt64, alternative: Int, in period: Int) -> Bool {
    history.permits(
      outcome,
      sector: key,
      alternative: alternative,
      in: period,
      contents: contents.table
    )
  }

  /// One violation of each kind: further blocks are named in its promise.
  func violations(of outcome: Observation, in period: Int) -> [Checker.Violation] {
    if history.permits(outcome, in: period, contents: contents.table) { return [] }
    guard outcome.isIdentified else { return [Self.unidentified] }
    let found = history.judge(outcome, in: period, contents: contents.table)
    var kinds: [CacheSpecification.Violation.Kind] = []
    for violation in found where !kinds.contains(violation.kind) { kinds.append(violation.kind) }
    return kinds.map { kind in summary(found.filter { $0.kind == kind }) }
  }

  /// Stands for whatever is wrong with a content that was not read.
  private static let unidentified = Checker.Violation(
    kind: "unidentified",
    guarantee: "",
    contract: "",
    severity: .promiseBroken,
    promise: "a block holds nothing that was written to it"
  )

  private func summary(_ same: [CacheSpecification.Violation]) -> Checker.Violation {
    let first = same[0]
    let others = same.dropFirst().flatMap(\.blocks).map(\.sectors.lowerBound)
    var promise = first.promise
    if !others.isEmpty {
      promise +=
        " (likewise the blocks at sectors "
        + others.map(String.init).joined(separator: ", ") + ")"
    }
    return Checker.Violation(
      kind: first.kind.rawValue,
      guarantee: first.guarantee,
      contract: first.contract.rawValue,
      severity: Severity(rawValue: first.severity.rawValue) ?? .promiseBroken,
      promise: promise
    )
  }
}

extension Observation {
  /// Whether the content of every block is known.
  fileprivate var isIdentified: Bool {
    guard case .mounted(let cache) = self else { return true }
    return !cache.blocks.contains { $0.content == .unidentified }
  }
}

/// Checks a trace of a writecache.
enum WritecacheCheck {
  static func run(
    _ input: CheckInput,
    options: CacheOptions,
    origin: OriginImage,
    ignored: IgnoredViolations = IgnoredViolations(),
    limits: ExplorationLimits,
    level: ExplorationLevel = .factored,
    scope: @escaping (CrashPoint) -> Bool
  ) throws -> CheckReport {
    try WritecacheSubject(of: input, options: options, origin: origin, scope: scope)
      .check(ignoring: ignored, limits: limits, level: level)
  }

  /// Refuses options under which no device of that size could hold a cache.
  static func requireRoom(for options: CacheOptions, in size: Int) throws {
    do throws(CacheError) {
      _ = try options.area(ofMedium: size)
    } catch {
      if case .refused(.mediumSmallerThanPage) = error.reason {
        throw ToolFailure.malformed("no cache fits the trace's devices: \(error.description)")
      }
      throw ToolFailure.usage("--recovery writecache: \(error.description)")
    }
  }
}
