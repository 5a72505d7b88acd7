import PersistencyModel

extension CacheWorkload {
  /// So many steps drawn from a seed, over so many blocks.
  ///
  /// Half of them write, most of these to a few blocks; the others are everything else that a cache is
  /// asked for, power cuts included.
  static func random(steps: Int, blocks: Int, seed: UInt64) -> CacheWorkload {
    var numbers = SeededBits(seed: seed)
    return CacheWorkload((0..<steps).map { _ in step(blocks, &numbers) })
  }

  private static func step(_ blocks: Int, _ numbers: inout SeededBits) -> CacheStep {
    let few = max(1, blocks / 4)
    let block = Int.random(in: 0..<(Bool.random(using: &numbers) ? few : blocks), using: &numbers)
    return switch Int.random(in: 0..<100, using: &numbers) {
    case 0..<44: .write(block)
    case 44..<50: .forcedWrite(block)
    case 50..<66: .flush
    case 66..<72: .discard(block)
    case 72..<75: .writeBack
    case 75..<83: .startWriteBack(Int.random(in: 1...8, using: &numbers))
    case 83..<89: .completeWriteBack
    case 89..<92: .commit
    case 92..<94: .tick(600)
    case 94..<96: .reopen
    case 96..<97: .suspendAndResume
    default: .powerCut
    }
  }
}
