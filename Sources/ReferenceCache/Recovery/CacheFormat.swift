public import PersistencyModel

/// Initialises a medium as an empty cache.
///
/// The stores are those of dm-writecache reference 2.1. Magic and version follow the first fence together
/// in one 8-byte store, so that a crash leaves a medium that is either blank or formatted; with
/// `CacheOptions.isKernelFaithful` the version is stored early and the magic alone after the fence.
public enum CacheFormat {
  /// Formats a medium whose magic and version are both 0.
  ///
  /// - Throws: `FormatFault`, or what is wrong with the options; nothing was stored then.
  @inlinable @discardableResult public static func format<M: Medium>(
    _ medium: inout M,
    options: CacheOptions
  ) throws(CacheError) -> CacheLayout {
    let area = try options.area(ofMedium: medium.size)
    let identity = medium.load64(at: area.base + Superblock.identityOffset)
    guard identity == 0 else {
      throw CacheError(
        .cannotFormat(
          .notBlank(
            magic: UInt32(truncatingIfNeeded: identity),
            version: UInt32(truncatingIfNeeded: identity >> 32)
          )
        ),
        position: area.base
      )
    }
    return try write(to: &medium, area: area, options: options)
  }

  @inlinable @discardableResult static func write<M: Medium>(
    to medium: inout M,
    area: CacheArea,
    options: CacheOptions
  ) throws(CacheError) -> CacheLayout {
    let layout = try CacheLayout.formatting(
      area,
      blockSize: options.blockSize,
      roundsData: !options.defects.contains(.s23)
    )
    if options.defects.contains(.s27) { publish(layout, on: &medium, options: options) }
    writeFields(of: layout, to: &medium, options: options)
    writeEntries(of: layout, to: &medium, strategy: options.strategy)
    medium.fence()
    if !options.defects.contains(.s27) {
      publish(layout, on: &medium, options: options)
      medium.fence()
    }
    return layout
  }

  @inlinable static func writeFields<M: Medium>(
    of layout: CacheLayout,
    to medium: inout M,
    options: CacheOptions
  ) {
    let base = layout.base
    let strategy = options.strategy
    let untouched = options.defects.contains(.s27) ? 8 : 0
    medium.fill((base + untouched)..<(base + Superblock.size), with: 0, by: strategy)
    if options.isKernelFaithful, !options.defects.contains(.s27) {
      medium.assign(Superblock.version, at: base + Superblock.versionOffset, by: strategy)
    }
    medium.assign(
      UInt32(layout.blockSize),
      at: base + Superblock.blockSizeOffset,
      by: strategy
    )
    medium.assign(
      UInt64(layout.blockCount),
      at: base + Superblock.blockCountOffset,
      by: strategy
    )
    medium.assign(0 as UInt64, at: base + Superblock.counterOffset, by: strategy)
  }

  /// Empties every entry; a flush request covers at most 64 KiB, to fit the size field of an event.
  @inlinable static func writeEntries<M: Medium>(
    of layout: CacheLayout,
    to medium: inout M,
    strategy: PersistStrategy
  ) {
    let end = layout.sectorOffset(ofEntry: layout.blockCount)
    for start in stride(from: layout.sectorOffset(ofEntry: 0), to: end, by: 1 << 16) {
      medium.fill(
        start..<min(start + 1 << 16, end),
        with: CacheLayout.emptySequence,
        by: strategy
      )
    }
  }

  /// The commit point of *format*.
  @inlinable static func publish<M: Medium>(
    _ layout: CacheLayout,
    on medium: inout M,
    options: CacheOptions
  ) {
    if options.isKernelFaithful, !options.defects.contains(.s27) {
      medium.assign(Superblock.magic, at: layout.base, by: options.strategy)
    } else {
      medium.assign(Superblock.identity, at: layout.base, by: options.strategy)
    }
  }
}
