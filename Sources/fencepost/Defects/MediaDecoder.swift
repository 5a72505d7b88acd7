import PersistencyModel
import ReferenceCache

/// Reads the on-media format as it is published, sharing nothing with the cache.
///
/// dm-writecache reference 1.2 to 1.4, 1.6 and 1.12; an image is as it was after an orderly stop.
struct MediaDecoder {
  /// First 512-byte sector of each committed block, with its bytes.
  private(set) var blocks: [UInt64: [UInt8]] = [:]
  /// Commits since format.
  let commits: UInt64

  /// Decodes an image; `nil` where it is no such medium.
  init?(_ image: [UInt8], startSector: UInt64, blockSize: Int) {
    let base = Int(startSector) * 512
    guard image.count >= base + 64, Self.number(image, base, 4) == 0x2348_9321,
      Self.number(image, base + 4, 4) == 1,
      Self.number(image, base + 8, 4) == UInt64(blockSize)
    else { return nil }
    let counter = Self.number(image, base + 24, 8)
    commits = counter
    guard let count = Int(exactly: Self.number(image, base + 16, 8)), count <= image.count / 16
    else { return nil }
    let data = base + (64 + 16 * count + blockSize - 1) / blockSize * blockSize
    guard data + count * blockSize <= image.count else { return nil }
    var newest: [UInt64: UInt64] = [:]
    for entry in 0..<count {
      let sector = Self.number(image, base + 64 + 16 * entry, 8)
      let sequence = Self.number(image, base + 64 + 16 * entry + 8, 8)
      guard sequence < counter, newest[sector].map({ $0 < sequence }) ?? true else { continue }
      newest[sector] = sequence
      blocks[sector] = Array(image[(data + entry * blockSize)...].prefix(blockSize))
    }
  }

  private static func number(_ image: [UInt8], _ offset: Int, _ size: Int) -> UInt64 {
    (0..<size).reduce(0) { $0 | UInt64(image[offset + $1]) << UInt64($1 * 8) }
  }
}

extension MediaDecoder {
  /// Whether another program reads what was written, after an incarnation that ends with a flush.
  static func agrees(with run: CacheRun, options: CacheOptions, memorySize: Int) -> Bool {
    let decoded = MediaDecoder(
      Array(run.finalBytes[..<memorySize]),
      startSector: options.startSector,
      blockSize: options.blockSize
    )
    // No operation commits more than once.
    guard let decoded, decoded.commits <= UInt64(run.trace.marks.count) else { return false }
    return run.cachedBlocks.allSatisfy { decoded.blocks[$0.key] == $0.value }
  }
}

extension CacheRun {
  /// Memory after the last event, nothing lost.
  fileprivate var finalBytes: [UInt8] {
    var image = initial.bytes
    for event in trace.events where event.kind.isStore && !event.kind.isSectorWrite {
      let bytes = trace.bytes(of: event)
      image.replaceSubrange(Int(event.address)..<(Int(event.address) + event.size), with: bytes)
    }
    return image
  }

  /// The bytes of each block that its operations leave in the cache, by first sector.
  fileprivate var cachedBlocks: [UInt64: [UInt8]] {
    var blocks: [UInt64: [UInt8]] = [:]
    for mark in trace.marks {
      guard case .begin(let operation) = mark else { continue }
      switch operation.kind {
      case .write:
        let content = trace.contents[Int(operation.contents[0])]
        blocks[operation.sectors.lowerBound] = content.bytes
      case .discard: blocks = blocks.filter { !operation.sectors.contains($0.key) }
      case .writeBack: blocks = [:]
      default: break
      }
    }
    return blocks
  }
}
