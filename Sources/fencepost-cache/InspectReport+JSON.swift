import Foundation
import ReferenceCache

extension InspectReport {
  /// The report for programs: keys sorted, numbers of 64 bits from media as decimal strings.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }

  private var document: InspectDocument {
    InspectDocument(
      images: images,
      superblock: SuperblockDocument(inspection),
      isBlank: inspection.superblock.isBlank,
      refused: inspection.refusal.map(RefusalDocument.init),
      entries: usedEntries.map(EntryDocument.init),
      neverUsed: inspection.entries.count - usedEntries.count,
      recovery: recovered.map { RecoveryDocument($0, kept: kept) },
      brokenInvariants: violations.map(ViolationDocument.init)
    )
  }
}

private struct InspectDocument: Encodable {
  var schemaVersion = 1
  var images: [String]
  var superblock: SuperblockDocument
  var isBlank: Bool
  var refused: RefusalDocument?
  var entries: [EntryDocument]
  var neverUsed: Int
  var recovery: RecoveryDocument?
  var brokenInvariants: [ViolationDocument]
}

private struct SuperblockDocument: Encodable {
  var magic: UInt32
  var version: UInt32
  var blockSize: UInt32
  var blockCount: String
  var counter: String
  var isPaddingZero: Bool
  var dataOffset: Int?

  init(_ inspection: CacheInspection) {
    let superblock = inspection.superblock
    magic = superblock.magic
    version = superblock.version
    blockSize = superblock.blockSize
    blockCount = String(superblock.blockCount)
    counter = String(superblock.counter)
    isPaddingZero = superblock.isPaddingZero
    dataOffset = inspection.layout?.dataOffset
  }

  enum CodingKeys: String, CodingKey {
    case magic, version
    case blockSize = "block_size"
    case blockCount = "n_blocks"
    case counter = "seq_count"
    case isPaddingZero = "padding_zero"
    case dataOffset = "data_offset"
  }
}

private struct RefusalDocument: Encodable {
  var field: String?
  var position: Int?
  var reason: String

  init(_ error: CacheError) {
    if case .refused(let refusal) = error.reason { field = refusal.field }
    position = error.position
    reason = error.description
  }
}

private struct EntryDocument: Encodable {
  var index: Int
  var sector: String
  var seq: String
  var state: String

  init(_ entry: InspectedEntry) {
    index = entry.index
    sector = String(entry.sector)
    seq = String(entry.sequence)
    state = entry.state.rawValue
  }
}

private struct RecoveryDocument: Encodable {
  struct Kept: Encodable {
    var sector: String
    var entry: Int
  }

  var kept: [Kept]
  var free: Int
  var errorState: String?

  init(_ state: CacheState, kept blocks: [KeptBlock]) {
    kept = blocks.map { Kept(sector: String($0.sector), entry: $0.entry) }
    free = state.freeCount
    errorState = state.identicalEntries?.description
  }
}

private struct ViolationDocument: Encodable {
  var invariant: String
  var entries: [Int]
  var sector: String?

  init(_ violation: InvariantViolation) {
    invariant = violation.invariant.rawValue
    entries = violation.entries
    sector = violation.sector.map { String($0) }
  }
}
