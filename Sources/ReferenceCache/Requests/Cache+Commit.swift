public import PersistencyModel

extension Cache {
  /// Makes everything acknowledged so far durable.
  ///
  /// The origin is flushed only where writes go around the cache: all else that is there was durable before
  /// its entry was cleared (dm-writecache reference 2.4).
  ///
  /// - Throws: `CacheError`, where the cache is suspended or in its error state, or the origin fails.
  @inlinable public mutating func flush() throws(CacheError) {
    try requireWorkingState()
    counts.flushes += 1
    commit()
    if control.isCleaner || options.isMetadataOnly { try origin.flush() }
  }

  /// Publishes every block written since the last commit, all at once.
  ///
  /// A fence makes entries and data durable, one 8-byte store of the counter is the commit point, a
  /// second fence makes it durable; then the versions it supersedes are cleared, but for those under
  /// write-back, and a third fence makes sure of that before their blocks are used again. With nothing to
  /// publish it stores and fences nothing.
  ///
  /// Source: dm-writecache reference 2.3. O(blocks written since the last commit).
  @inlinable public mutating func commit() {
    control.autocommitDeadline = CacheControl.never
    guard let oldest = contents.beginCommit() else { return }
    let defects = options.defects
    if defects.isDisjoint(with: [.s1, .s8]) { medium.fence() }
    control.owesFence = false
    medium.assign(
      contents.advanceCounter(),
      at: contents.layout.counterOffset,
      by: options.strategy
    )
    if defects.contains(.s8) { medium.fence() }
    let clearsEarly = defects.contains(.s9) && clearVersions(supersededFrom: oldest)
    if !defects.contains(.s2) { medium.fence() }
    let clears = defects.contains(.s9) ? clearsEarly : clearVersions(supersededFrom: oldest)
    guard clears, !defects.contains(.s3) else { return }
    if defects.contains(.s20) { control.owesFence = true } else { medium.fence() }
  }

  @inlinable mutating func clearVersions(supersededFrom oldest: Int) -> Bool {
    if options.defects.contains(.s29) { return false }
    var needsFence = false
    var next: Int? = oldest
    while let entry = next {
      next = contents.insertedAfter(entry)
      guard let superseded = contents.releaseVersion(supersededBy: entry) else { continue }
      clear(superseded)
      needsFence = true
    }
    return needsFence
  }

  /// Says on media that an entry is free.
  @inlinable mutating func clear(_ entry: Int) {
    medium.assign(
      contents.clearedSequence,
      at: contents.layout.sequenceOffset(ofEntry: entry),
      by: options.strategy
    )
  }
}
