import PersistencyModel

/// Operations at random: the same for the same seed and the same cache.
///
/// Every write has a content that occurs nowhere else in the run, and hardly in another one.
struct RandomWorkload: IteratorProtocol {
  private var random: SeededBits
  private let blockCount: UInt64
  private let sectorsPerBlock: UInt64

  /// A workload over the first `blockCount` blocks, of so many sectors each.
  init(seed: UInt64, blockCount: UInt64, sectorsPerBlock: UInt64) {
    precondition(blockCount > 0, "A workload needs a block")
    random = SeededBits(seed: seed)
    self.blockCount = blockCount
    self.sectorsPerBlock = sectorsPerBlock
  }

  /// The next operation; there is always one.
  mutating func next() -> WorkloadStep? {
    switch random.below(100) {
    case 0..<62: write(isForced: random.below(12) == 0)
    case 62..<74: .flush
    case 74..<78: .commit
    case 78..<84: .discard(sectors(of: blocks(atMost: 3)))
    case 84..<86: .writeBack
    case 86..<90: .startWriteBack(limit: Int(1 + random.below(8)))
    case 90..<93: .completeWriteBack
    case 93..<95: .reopen
    case 95..<97: .tick(milliseconds: random.below(2000))
    default: .read(blocks(atMost: 4))
    }
  }

  private mutating func write(isForced: Bool) -> WorkloadStep {
    let blocks = blocks(atMost: 4)
    let content = BlockPattern.named(String(UInt32(1 + random.below(UInt64(UInt32.max)))))
    return .write(blocks, content, isForced: isForced, isMetadata: false)
  }

  private mutating func blocks(atMost most: UInt64) -> WorkloadStep.Blocks {
    let first = random.below(blockCount)
    let count = 1 + random.below(min(most, blockCount - first))
    return .init(sector: first * sectorsPerBlock, count: Int(count))
  }

  private func sectors(of blocks: WorkloadStep.Blocks) -> Range<UInt64> {
    blocks.sector..<(blocks.sector + UInt64(blocks.count) * sectorsPerBlock)
  }
}

extension SeededBits {
  /// A number below `bound`; the bias is below one in 2^32 for the bounds used here.
  fileprivate mutating func below(_ bound: UInt64) -> UInt64 {
    next().multipliedFullWidth(by: bound).high
  }
}
