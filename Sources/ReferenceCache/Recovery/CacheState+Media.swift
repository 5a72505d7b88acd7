// How the numbers of the state are written on media: as they are, but for three defects.
extension CacheState {
  /// The word that clears an entry.
  @inlinable var clearedSequence: UInt64 {
    defects.contains(.s16) ? 0 : CacheLayout.emptySequence
  }

  /// The word of the superblock that says `counter`.
  @inlinable static func counterWord(_ counter: UInt64, _ defects: CacheDefects) -> UInt64 {
    defects.contains(.s22) ? counter.byteSwapped : counter
  }

  /// The word of an entry that says `sector`.
  @inlinable func sectorWord(_ sector: UInt64) -> UInt64 {
    defects.contains(.s24) ? sector / layout.sectorsPerBlock : sector
  }

  /// The sector that the word of an entry says.
  @inlinable func sector(ofWord word: UInt64) -> UInt64 {
    defects.contains(.s24) ? word &* layout.sectorsPerBlock : word
  }
}
