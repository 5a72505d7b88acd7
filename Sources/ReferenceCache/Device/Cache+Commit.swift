public import PersistencyModel

extension Cache {
  /// Publishes every block written since the last commit, all at once.
  ///
  /// A fence makes entries and data durable, one 8-byte store of the counter is the commit point, a
  /// second fence makes it durable; then the versions it supersedes are cleared, and a third fence makes
  /// sure of that before their blocks are used again. With nothing to publish it stores and fences
  /// nothing.
  ///
  /// Source: dm-writecache reference 2.3. O(blocks written since the last commit).
  @inlinable public mutating func commit() {
    let published = contents.beginCommit()
    guard !published.isEmpty else { return }
    medium.fence()
    medium.assign(
      contents.advanceCounter(),
      at: contents.layout.counterOffset,
      by: options.strategy
    )
    medium.fence()
    if clearVersions(supersededBy: published) { medium.fence() }
  }

  @inlinable mutating func clearVersions(supersededBy published: [Int]) -> Bool {
    var needsFence = false
    for entry in published {
      guard let superseded = contents.releaseVersion(supersededBy: entry) else { continue }
      medium.assign(
        CacheLayout.emptySequence,
        at: contents.layout.sequenceOffset(ofEntry: superseded),
        by: options.strategy
      )
      needsFence = true
    }
    return needsFence
  }
}
