extension Event {
  /// The same bytes stored through the cache: no bypass, no fence of a locked operation; of a sector's
  /// write, without being forced.
  ///
  /// - Precondition: the event is a store.
  public var asPlainStore: Event {
    precondition(kind.isStore, "Only a store has bytes to store otherwise")
    return Event(
      kind.isSectorWrite ? .sectorWrite : .store,
      address: address,
      size: size,
      payload: payload,
      thread: thread,
      site: site
    )
  }
}
