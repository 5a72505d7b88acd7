import CacheSpecification
import FlushTracer
import PersistencyModel
import ReferenceCache

/// What a workload runs on.
struct CacheSetup: Sendable {
  /// What the cache is told, defects included.
  var options: CacheOptions
  /// The persistent memory.
  var space: AddressSpace
  /// The disks under it.
  var origin: AddressSpace
  /// What turns flush requests into write-backs, and flushes of the origin into flushes of disks.
  var router = Router.correct
  /// Whether the origin begins with zeros; else every word of it is recognisable.
  var hasBlankOrigin = false
  /// Whether the cache may commit without being asked.
  var commitsByItself = false

  /// Blocks of the origin.
  var blockCount: Int { Int(origin.end / CacheLine.size) * 512 / options.blockSize }

  /// Exactly so many blocks of a cache on one device, over an origin of so many blocks.
  static func small(
    blocks: Int,
    originBlocks: Int,
    options: CacheOptions
  ) -> CacheSetup {
    let size = options.blockSize
    let table = (64 + 16 * blocks + size - 1) / size * size
    var options = options
    // The rest of a page is left before the cache: a medium has at least one.
    let needed = table + blocks * size
    let total = max(4096, (needed + 4095) / 4096 * 4096)
    options.startSector = UInt64((total - needed) / 512)
    return CacheSetup(
      options: options,
      space: AddressSpace(single: "pmem", size: UInt64(total)),
      origin: AddressSpace(
        single: "origin",
        size: UInt64(originBlocks * size / 512) * CacheLine.size,
        domain: .disk
      )
    )
  }
}

/// What an incarnation of the cache begins with.
struct CacheStart: Sendable {
  /// Bytes of persistent memory.
  var memory: [UInt8]
  /// Bytes of the origin.
  var origin: [UInt8]
  /// What readers see, block by block.
  var contents: [UInt8]
}
