import Checker
import PersistencyModel
import TestSupport

/// What a small keyed store shows: of each key the row that counts and what its block holds.
struct KeyedOutcome: Hashable {
  struct Entry: Hashable {
    var key: UInt64
    var row: Int
    var sequence: UInt64
    var content: UInt64
  }

  /// Ascending by key.
  var entries: [Entry]
}

/// A small keyed store: a counter, rows of key and sequence number, and a block of one line for each row.
///
/// Recovery takes of each key the committed row with the highest sequence number, of equal ones the last,
/// and reads its block.
struct KeyedProgram: Recovery, Sendable {
  let table: RowTable
  let counterAt: Int
  /// Where the block of row 0 is.
  let blocksAt: Int
  /// What blocks are compared with; read as a value where empty.
  let known: [[UInt64]]
  /// Contents of the counter's line under which only rows below 2 are believed.
  let cautious: [[UInt64]]
  /// Whether a code over half the block is asked about as well.
  let code: CyclicRedundancyCode?
  /// Whether it clears the row that counts instead of the one that it replaces: a second run shows that one.
  var clearsNewest = false
  /// Whether it counts the counter up, once: a second run takes more rows for committed.
  var raisesLimit = false

  mutating func recover<M: Medium>(_ medium: inout M) -> KeyedOutcome {
    var limit = medium.load64(at: counterAt)
    if !cautious.isEmpty, medium.identify(0..<64, among: cautious) != nil { limit = min(limit, 2) }
    var newest: [UInt64: (row: Int, sequence: UInt64)] = [:]
    medium.scan(table, committedBelow: limit) { row, medium in
      switch row {
      case .uncommitted(let row, let sequence):
        if sequence != .max { medium.store(UInt64.max, at: table.sequencePosition(ofRow: row)) }
      case .committed(let row, let key, let sequence):
        if let other = newest[key], other.sequence > sequence {
          let cleared = clearsNewest ? other.row : row
          medium.store(UInt64.max, at: table.sequencePosition(ofRow: cleared))
        } else {
          newest[key] = (row, sequence)
        }
      }
    }
    if raisesLimit, medium.load64(at: counterAt + 8) == 0 {
      medium.store(medium.load64(at: counterAt) + 1, at: counterAt)
      medium.store(UInt64(1), at: counterAt + 8)
    }
    return KeyedOutcome(
      entries: newest.keys.sorted().compactMap { key in
        newest[key].map { entry(key, $0.row, $0.sequence, &medium) }
      }
    )
  }

  private func entry(
    _ key: UInt64,
    _ row: Int,
    _ sequence: UInt64,
    _ medium: inout some Medium
  ) -> KeyedOutcome.Entry {
    let block = (blocksAt + row * 64)..<(blocksAt + row * 64 + 64)
    var content: UInt64 = 0
    if known.isEmpty {
      content = medium.load64(at: block.lowerBound + 8)
    } else {
      content = medium.identify(block, among: known).map { UInt64($0) + 1 } ?? 0
    }
    if let code {
      let half = block.lowerBound..<(block.lowerBound + 32)
      let isRight = medium.matches(code, of: half, storedAt: block.lowerBound + 56)
      content = content &* 2 &+ (isRight ? 1 : 0)
    }
    return KeyedOutcome.Entry(key: key, row: row, sequence: sequence, content: content)
  }
}

/// Permits, for each key and alternative, some of what may be shown, by a rule from a seed.
struct KeyedOracle: Oracle {
  let boundaries: [Int]
  let seed: UInt64
  let listedKeys: [UInt64]
  let mostAlternatives: Int
  /// One in so many showings of a key is forbidden.
  let rarity: UInt64
  let promisesSomething = true

  var keys: [UInt64]? { listedKeys }

  func period(at events: Int) -> Int { boundaries.count { $0 < events } }

  func alternatives(in period: Int) -> Int { 1 + (period + Int(seed % 7)) % mostAlternatives }

  func permits(_ outcome: KeyedOutcome, key: UInt64, alternative: Int, in period: Int) -> Bool {
    let shown = outcome.entries.first { $0.key == key }
    if shown == nil && !listedKeys.contains(key) { return true }
    let parts = [
      seed, key, UInt64(alternative), UInt64(period), UInt64(shown?.row ?? -1 & 7),
      shown?.sequence ?? 99, shown?.content ?? 98,
    ]
    var random = SplitMix64(seed: parts.reduce(17) { ($0 ^ $1) &* 0x9e37_79b9_7f4a_7c15 })
    return random.next() % rarity != 0
  }

  mutating func violations(of outcome: KeyedOutcome, in period: Int) -> [Violation] {
    let shown = Set(outcome.entries.map(\.key)).union(listedKeys)
    let isPermitted = (0..<alternatives(in: period)).contains { alternative in
      shown.allSatisfy { permits(outcome, key: $0, alternative: alternative, in: period) }
    }
    return isPermitted ? [] : [.test("forbidden")]
  }
}
