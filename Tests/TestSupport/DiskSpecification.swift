public import PersistencyModel

/// What a crash may leave of disks, written down independently of the model.
///
/// A disk is a durable content for each sector and a cache of writes, newest last. A crash keeps any subset
/// of the cache; each sector then holds the newest write that was kept, or its durable content. A flush
/// empties the cache of its disk into the durable contents; a forced write does that for what the cache
/// holds of its sector, itself included, once it is complete.
public struct DiskSpecification: Sendable {
  private struct CachedWrite: Sendable {
    var address: UInt64
    var value: UInt64
  }

  private let space: AddressSpace
  private var durable: [UInt64: UInt64] = [:]
  private var caches: [Int: [CachedWrite]] = [:]

  /// Disks to which nothing was written.
  public init(_ space: AddressSpace) { self.space = space }

  /// What an event of disks does; those of memory do nothing.
  ///
  /// - Returns: the disks while the event is under way, where that is a moment of its own.
  public mutating func apply(_ event: Event) -> DiskSpecification? {
    guard let disk = space.locate(event.address)?.device else { return nil }
    switch event.kind {
    case .sectorWrite:
      caches[disk, default: []].append(CachedWrite(address: event.address, value: event.payload))
    case .forcedSectorWrite:
      caches[disk, default: []].append(CachedWrite(address: event.address, value: event.payload))
      let underWay = self
      caches[disk]?.removeAll { $0.address == event.address }
      durable[event.address] = event.payload
      return underWay
    case .routedDiskFlush:
      for write in caches.removeValue(forKey: disk) ?? [] { durable[write.address] = write.value }
    default: break
    }
    return nil
  }

  /// Every content that a crash may leave, by trying all subsets of all caches; zero is left out.
  public var outcomes: Set<[UInt64: UInt64]> {
    let cached = caches.sorted { $0.key < $1.key }.flatMap(\.value)
    precondition(cached.count <= 12, "The subsets can be listed")
    var outcomes: Set<[UInt64: UInt64]> = []
    for subset in 0..<(1 << cached.count) {
      var contents = durable
      for (index, write) in cached.enumerated() where subset >> index & 1 == 1 {
        contents[write.address] = write.value
      }
      outcomes.insert(contents.filter { $0.value != 0 })
    }
    return outcomes
  }
}
