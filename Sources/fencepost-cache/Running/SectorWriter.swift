import ReferenceCache

/// Writes sectors that need not be whole blocks, in requests of at most 64 blocks.
struct SectorWriter {
  private static let blocksOfRequest = 64

  /// Whether every request is forced.
  let isForced: Bool
  /// Bytes of completed requests, without what was added to fill blocks.
  private(set) var bytesWritten = 0

  init(isForced: Bool) { self.isForced = isForced }

  /// Writes `bytes`, a multiple of 512, at `sector`; its place is checked before the first request.
  ///
  /// - Throws: `CacheError`; what was written before is counted in `bytesWritten`.
  mutating func write(
    _ bytes: [UInt8],
    at sector: UInt64,
    to cache: inout FileCache
  ) throws(CacheError) {
    let perBlock = cache.state.layout.sectorsPerBlock
    let count = UInt64(bytes.count / 512)
    let available = cache.origin.sectorCount / perBlock * perBlock
    guard sector <= available, count <= available - sector else {
      throw CacheError(
        .request(.outOfBounds(sector: sector, sectors: count, originSectors: available))
      )
    }
    var next = sector
    while next < sector + count {
      let end = min(
        (next / perBlock + UInt64(Self.blocksOfRequest)) * perBlock,
        sector + count
      )
      let start = Int(next - sector) * 512
      let part = Array(bytes[start..<(Int(end - sector) * 512)])
      try writeBlocks(around: part, at: next, to: &cache)
      bytesWritten += part.count
      next = end
    }
  }

  /// One request: the blocks that hold the sectors, filled up with what is there.
  private func writeBlocks(
    around bytes: [UInt8],
    at sector: UInt64,
    to cache: inout FileCache
  ) throws(CacheError) {
    let perBlock = cache.state.layout.sectorsPerBlock
    let first = sector / perBlock * perBlock
    let end = sector + UInt64(bytes.count / 512)
    let last = (end + perBlock - 1) / perBlock * perBlock
    guard first != sector || last != end else {
      return try cache.write(bytes, at: sector, isForced: isForced)
    }
    var blocks = try cache.read(byteCount: Int(last - first) * 512, at: first)
    let start = Int(sector - first) * 512
    blocks.replaceSubrange(start..<(start + bytes.count), with: bytes)
    try cache.write(blocks, at: first, isForced: isForced)
  }
}
