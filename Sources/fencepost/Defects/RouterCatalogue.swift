import PersistencyModel
import ReferenceCache

/// Every faulty router with the smallest workload of a cache that shows its fault.
enum RouterCatalogue {
  /// The strategy in which a cache leaves all write-backs to the router.
  static let strategy = PersistStrategy.cachedWithFlushRequests

  /// All of them; without a strategy, each with the one in which it can show.
  static func all(_ strategy: PersistStrategy? = nil) throws -> [DefectCase] {
    try rows.map { try cache(over: $0, strategy ?? Self.strategy) }
  }

  /// What is known of a faulty router.
  private struct Row {
    var router: Router
    var kind: ReferenceCache.FindingKind
    var workload = "write A, flush"
    /// First 512-byte sector of the cache.
    var startSector: UInt64 = 4
    /// Whether it needs a cache that asks it to route flush requests.
    var needsRequests = true
  }

  // Superblock and entries are at addresses 2,048 to 2,559 and block 0 follows; of a cache from address 0
  // on, block 0 is at address 512.
  private static let rows = [
    Row(router: .firstDeviceOverrun, kind: .tornBlock),
    Row(router: .firstSegment, kind: .tornBlock),
    Row(router: .firstDevice, kind: .tornBlock),
    Row(router: .stackedAddress, kind: .tornBlock),
    Row(router: .startForgotten, kind: .tornBlock),
    // Block 0 is in the first round of the stripes.
    Row(
      router: .stripeRowLost,
      kind: .tornBlock,
      workload: "write A, write B, flush",
      startSector: 0
    ),
    Row(router: .stripeSwapped, kind: .tornBlock, startSector: 0),
    Row(router: .secondPieceOffset, kind: .tornBlock),
    // The counter has 8 bytes.
    Row(router: .wholeLinesOnly, kind: .lostDurableWrite),
    Row(router: .wholePagesOnly, kind: .metadataUnrecoverable, workload: ""),
    Row(router: .unalignedNothing, kind: .tornBlock),
    Row(router: .firstFlagGates, kind: .tornBlock),
    Row(router: .everyFlagGates, kind: .metadataUnrecoverable, workload: ""),
    Row(router: .flagLost, kind: .metadataUnrecoverable, workload: ""),
    Row(router: .deepFirstRegion, kind: .tornBlock, needsRequests: false),
    Row(
      router: .firstDisk,
      kind: .lostDurableWrite,
      workload: "write B, flush, write back",
      needsRequests: false
    ),
  ]

  private static func cache(
    over row: Row,
    _ strategy: PersistStrategy
  ) throws -> DefectCase {
    guard let layouts = row.router.layouts else {
      preconditionFailure("A faulty router has a layout on which its fault shows")
    }
    let canShow = !row.needsRequests || strategy == Self.strategy
    return DefectCase(
      name: row.router.number ?? row.router.name,
      slug: row.router.name,
      sentence: row.router.summary,
      setup: try setup(row, strategy, on: layouts.exposing),
      workload: try CacheWorkload(parsing: row.workload),
      prediction: canShow ? .found(row.kind.rawValue) : .cannotShow(hidden),
      harmless: HarmlessLayout(
        text: layouts.harmless,
        reason: layouts.reason,
        setup: try setup(row, strategy, on: layouts.harmless)
      )
    )
  }

  private static let hidden =
    "non-temporal stores need no write-back, and blocks of 512 bytes are copied by them: nothing is routed"

  private static func setup(
    _ row: Row,
    _ strategy: PersistStrategy,
    on layout: String
  ) throws -> CacheSetup {
    var options = CacheOptions(
      blockSize: 512,
      startSector: row.startSector,
      strategy: strategy
    )
    options.autocommitBlocks = .max
    options.writeBack = .manual
    // A flush of the origin is routed, a forced write is not.
    options.forcesOriginWrites = false
    var setup = CacheSetup(
      options: options,
      layout: try AddressSpace(inline: layout),
      originBlocks: 2
    )
    setup.router = row.router
    setup.hasBlankOrigin = true
    return setup
  }
}

extension CacheSetup {
  /// A cache on the memory of a layout, over its disks; over one disk of so many blocks where it has none.
  init(options: CacheOptions, layout: AddressSpace, originBlocks: Int) {
    self.options = options
    let memory = layout.devices.indices.filter { layout.devices[$0].domain != .disk }
    space = layout.part(memory, from: 0)
    origin =
      layout.disks.isEmpty
      ? AddressSpace(
        single: "origin",
        size: UInt64(originBlocks * options.blockSize / SectorToken.sectorSize) * CacheLine.size,
        domain: .disk
      ) : layout.part(layout.disks, from: layout.memoryEnd)
  }
}

extension AddressSpace {
  /// The linear segments of some devices, and the striped ones, which have no others; addresses count from
  /// `begin`.
  fileprivate func part(_ indices: [Int], from begin: UInt64) -> AddressSpace {
    func moved(_ extent: DeviceExtent) -> DeviceExtent? {
      indices.firstIndex(of: extent.device).map {
        DeviceExtent(device: $0, offset: extent.offset)
      }
    }
    return AddressSpace(
      devices: indices.map { devices[$0] },
      segments: segments.compactMap { segment in
        let mapping: SegmentMapping? =
          switch segment.mapping {
          case .linear(let extent): moved(extent).map { .linear($0) }
          case .striped(let chunk, let extents):
            moved(extents[0]).map { _ in .striped(chunk: chunk, extents.compactMap(moved)) }
          }
        return mapping.map {
          Segment(begin: segment.begin - begin, length: segment.length, mapping: $0)
        }
      }
    )
  }
}
