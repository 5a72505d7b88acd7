import PersistencyModel
import ReferenceCache

/// Writes sectors to standard output, from a recovered cache and an origin.
struct SectorReader {
  var medium: OverlayMedium
  /// `nil` where nothing is cached.
  let state: CacheState?
  let blockSize: Int
  let origin: OriginContent

  /// Writes all of `sectors`, or nothing where one of them is nowhere.
  ///
  /// - Throws: `ToolFailure`.
  mutating func write(_ sectors: Range<UInt64>) throws(ToolFailure) {
    try origin.check(sectors)
    if case .missing = origin { try requireCached(sectors) }
    var output = Output()
    var next = sectors.lowerBound
    while next < sectors.upperBound {
      let part = next..<min(blockStart(of: next) + sectorsPerBlock, sectors.upperBound)
      try output.write(bytes(of: part))
      next = part.upperBound
    }
    try output.flush()
  }

  private var sectorsPerBlock: UInt64 { UInt64(blockSize / 512) }

  private func blockStart(of sector: UInt64) -> UInt64 { sector - sector % sectorsPerBlock }

  private func requireCached(_ sectors: Range<UInt64>) throws(ToolFailure) {
    var next = sectors.lowerBound
    while next < sectors.upperBound {
      guard state?.cachedRange(of: blockStart(of: next)) != nil else {
        _ = try origin.bytes(of: next..<(next + 1))
        return
      }
      next = blockStart(of: next) + sectorsPerBlock
    }
  }

  /// The bytes of sectors inside one block.
  private mutating func bytes(of sectors: Range<UInt64>) throws(ToolFailure) -> [UInt8] {
    let start = blockStart(of: sectors.lowerBound)
    guard let block = state?.cachedRange(of: start) else {
      return try origin.bytes(of: sectors)
    }
    let begin = block.lowerBound + Int(sectors.lowerBound - start) * 512
    let bytes = medium.bytes(begin..<(begin + sectors.count * 512))
    try medium.check()
    return bytes
  }
}
