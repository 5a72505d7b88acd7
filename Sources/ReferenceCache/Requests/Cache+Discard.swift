public import PersistencyModel

extension Cache {
  /// Says that the content of whole blocks is not needed any more.
  ///
  /// Every cached version of them is freed, the lowest first, but those under write-back, with one fence if
  /// there was any; then the origin is told. It takes effect on media at once, outside of commits: until
  /// it is written and committed again, a discarded block may show any earlier content.
  ///
  /// Source: dm-writecache reference 2.6.
  ///
  /// - Throws: `CacheError`; nothing was changed then, unless the origin failed.
  @inlinable public mutating func discard(_ sectors: Range<UInt64>) throws(CacheError) {
    try requireWorkingState()
    let perBlock = contents.layout.sectorsPerBlock
    let count = sectors.upperBound - sectors.lowerBound
    guard count > 0 else { throw CacheError(.request(.empty)) }
    guard (sectors.lowerBound | count) & (perBlock - 1) == 0 else {
      throw CacheError(
        .request(.misalignedDiscard(sectors: sectors, blockSize: contents.layout.blockSize))
      )
    }
    try requireInside(sectors.lowerBound, sectors: count)
    counts.discards += count / perBlock
    if freeVersions(in: sectors), !options.defects.contains(.s6) { fenceAfterClears() }
    try origin.discard(sectors)
  }

  @inlinable mutating func freeVersions(in sectors: Range<UInt64>) -> Bool {
    var needsFence = false
    for sector in contents.cachedSectors(in: sectors) {
      while let entry = contents.discardLowestVersion(of: sector) {
        clear(entry)
        needsFence = true
        if options.defects.contains(.s19) { break }
      }
    }
    return needsFence
  }

  /// The fence between clears and the next use of their blocks; defect S20 lets the next write go first.
  @inlinable mutating func fenceAfterClears() {
    if options.defects.contains(.s20) { control.owesFence = true } else { medium.fence() }
  }
}
