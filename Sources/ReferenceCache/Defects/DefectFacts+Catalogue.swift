extension DefectFacts {
  private static let oneLine =
    "with cached stores the two words of an entry are on one line, whose stores survive in their order: "
    + "only two versions whose entries are on different lines (five blocks) show it"

  /// One for each defect, S1 first.
  static let catalogue: [DefectFacts] = [
    DefectFacts(
      slug: "no-fence-before-counter",
      sentence: "A commit stores the counter without a fence after entries and data.",
      kind: .tornBlock,
      workload: "write A, flush"
    ),
    DefectFacts(
      slug: "no-fence-after-counter",
      sentence:
        "A commit returns, and frees what it supersedes, without a fence after the counter.",
      kind: .lostDurableWrite,
      workload: "write A, flush"
    ),
    DefectFacts(
      slug: "no-fence-after-free",
      sentence: "A commit lets superseded blocks be used again without a fence after their clears.",
      kind: .metadataUnrecoverable,
      workload: "write A, write B, flush, write B, flush, write A",
      cannotShow: oneLine + "; it shows in no workload that reuses no block"
    ),
    DefectFacts(
      slug: "origin-not-flushed",
      sentence: "Write-back frees entries though the origin may still lose what was written to it.",
      kind: .lostDurableWrite,
      workload: "write A, flush, write back"
    ),
    DefectFacts(
      slug: "no-fence-after-write-back",
      sentence:
        "Write-back lets blocks be used again without a fence after the clears of its batch.",
      kind: .foreignData,
      workload: "write A, flush, write back, write B",
      blocks: 1
    ),
    DefectFacts(
      slug: "no-fence-after-discard",
      sentence: "A discard lets blocks be used again without a fence after their clears.",
      kind: .foreignData,
      workload: "write A, flush, discard A, write B",
      blocks: 1
    ),
    DefectFacts(
      slug: "no-fence-after-recovery",
      sentence: "Recovery lets blocks be used again without a fence after its clears.",
      kind: .splitEpoch,
      workload: "write A, flush, start write-back, write A, flush, power cut, write B",
      blocks: 2,
      cannotShow: oneLine
        + "; it shows only where recovery cleared a superseded committed version: "
        + "uncommitted leftovers stay at the counter until the next commit, which fences first"
    ),
    DefectFacts(
      slug: "counter-before-fence",
      sentence: "A commit stores the counter before the fence that is for entries and data.",
      kind: .tornBlock,
      workload: "write A, flush"
    ),
    DefectFacts(
      slug: "free-before-counter",
      sentence: "A commit clears superseded versions before the fence after the counter.",
      kind: .lostDurableWrite,
      workload: "write A, flush, write A, flush"
    ),
    DefectFacts(
      slug: "clear-before-origin",
      sentence: "Write-back clears entries before the writes of the origin are complete.",
      kind: .lostDurableWrite,
      workload: "write A, flush, write back"
    ),
    DefectFacts(
      slug: "overwrite-committed",
      sentence: "A write overwrites a committed block in place instead of taking a new one.",
      kind: .tornBlock,
      workload: "write A, flush, write A"
    ),
    DefectFacts(
      slug: "recovery-believes-counter",
      sentence: "Recovery believes entries that are at the counter, not only those below it.",
      kind: .tornBlock,
      workload: "write A, power cut"
    ),
    DefectFacts(
      slug: "leftovers-not-cleared",
      sentence:
        "Recovery frees uncommitted entries without clearing them, and the next commit, which "
        + "has the same counter value, publishes them.",
      kind: .metadataInvariant,
      workload: "write A, write B, power cut, write A, flush"
    ),
    DefectFacts(
      slug: "oldest-version-wins",
      sentence: "Recovery keeps the oldest committed version of a sector.",
      kind: .resurrectedBlock,
      workload: "write A, flush, start write-back, write A, flush, power cut"
    ),
    DefectFacts(
      slug: "counter-up-in-recovery",
      sentence: "Recovery counts the counter up before it clears what was not committed.",
      kind: .metadataInvariant,
      workload: "write A, power cut"
    ),
    DefectFacts(
      slug: "clear-by-zero",
      sentence:
        "Entries are cleared by counter value 0, which is the oldest commit, not by all ones.",
      kind: .metadataUnrecoverable,
      workload: "write A, flush, write A, flush, write back"
    ),
    DefectFacts(
      slug: "write-back-uncommitted",
      sentence: "Write-back takes blocks that are not committed.",
      kind: .splitEpoch,
      workload: "write A, write B, write back"
    ),
    DefectFacts(
      slug: "two-versions-in-flight",
      sentence:
        "Write-back takes a version while an older one of its sector is under write-back, and the "
        + "origin carries them out newest first, as the queue of a disk may.",
      kind: .resurrectedBlock,
      workload: "write A, flush, start write-back, write A, flush, start write-back, "
        + "complete write-back"
    ),
    DefectFacts(
      slug: "discard-newest-only",
      sentence: "A discard frees only the newest version of a sector, so that an older one shows.",
      kind: nil,
      workload: "write A, flush, write A, discard A",
      cannotShow:
        "a discarded sector may show any earlier content until it is written and committed "
        + "again (G7), and that commit frees the older version: no crash state breaks a promise; a "
        + "read after the discard and the number of free blocks tell"
    ),
    DefectFacts(
      slug: "fence-after-unlock",
      sentence:
        "The fence after clears comes when the lock is free again: the next write has stored by "
        + "then.",
      kind: .foreignData,
      workload: "write A, flush, write back, write B",
      blocks: 1,
      cannotShow:
        "one thread has no lock: the variant lets the next write store before the fence, as a "
        + "second thread would; with no write between it is the correct protocol"
    ),
    DefectFacts(
      slug: "commit-by-block-counter",
      sentence:
        "A commit finds nothing to do where the counter of allocated blocks is 0, and a discard "
        + "of committed blocks counts it down too.",
      kind: .lostDurableWrite,
      workload: "write A, flush, write B, discard A, flush",
      cannotShow: "kept exactly, that counter is 0 if and only if nothing is uncommitted, and the "
        + "decision alone changes nothing: the accounting of the discard is part of the variant"
    ),
    DefectFacts(
      slug: "big-endian-counter",
      sentence: "The counter in the superblock is big-endian.",
      kind: .incompatibleMedia,
      workload: "write A, flush",
      cannotShow:
        "the cache itself reads what it wrote: no crash state shows it, another decoder does"
    ),
    DefectFacts(
      slug: "data-offset-not-rounded",
      sentence: "Blocks begin right after the entry table, not at a multiple of the block size.",
      kind: .incompatibleMedia,
      workload: "write A, flush",
      cannotShow:
        "the cache itself reads what it wrote: no crash state shows it, another decoder does; "
        + "media whose table ends at a multiple of the block size are the same"
    ),
    DefectFacts(
      slug: "sector-in-blocks",
      sentence: "Entries hold the number of the block, not its first 512-byte sector.",
      kind: .incompatibleMedia,
      workload: "write B, flush",
      cannotShow:
        "the cache itself reads what it wrote: no crash state shows it, another decoder does; "
        + "with blocks of 512 bytes, and in the entry of block 0, both numbers are the same"
    ),
    DefectFacts(
      slug: "forced-write-not-committed",
      sentence: "A forced write is acknowledged like a plain one.",
      kind: .lostDurableWrite,
      workload: "FUA write A"
    ),
    DefectFacts(
      slug: "tail-not-written-back",
      sentence: "The last 64 bytes of a block are copied by cached stores and not written back.",
      kind: .tornBlock,
      workload: "write A, flush",
      cannotShow:
        "with non-temporal stores (and the mixed rule for blocks of 512 bytes) no byte of a "
        + "block is copied by cached stores: there is no such tail"
    ),
    DefectFacts(
      slug: "magic-first",
      sentence: "Format publishes magic and version before everything else.",
      kind: .metadataUnrecoverable,
      workload: "format"
    ),
    DefectFacts(
      slug: "duplicates-accepted",
      sentence:
        "Recovery accepts two committed entries of the same sector and counter value in silence.",
      kind: .metadataInvariant,
      workload: "write A, flush, write A, flush, write back",
      cannotShow:
        "the correct protocol leaves no such entries in any crash state: media edited by hand "
        + "show it, or it together with S16, whose error state it hides"
    ),
    DefectFacts(
      slug: "versions-kept",
      sentence:
        "A commit leaves superseded versions as they are, so that committed versions of a sector "
        + "pile up.",
      kind: .metadataInvariant,
      workload: "write A, flush, write A, flush, write A, flush, write A, flush",
      blocks: 4
    ),
    DefectFacts(
      slug: "block-leaked",
      sentence:
        "Recovery clears an older version that it meets after the newer one, and forgets to make "
        + "its block free.",
      kind: .metadataInvariant,
      workload: "write A, flush, write A, flush, write A, flush",
      blocks: 2
    ),
    DefectFacts(
      slug: "taken-in-uncommitted",
      sentence:
        "Recovery takes a version that replaces an older one for uncommitted, so that the next "
        + "write overwrites it in place.",
      kind: .metadataInvariant,
      workload: "write A, flush, write A, write B, flush"
    ),
  ]
}
