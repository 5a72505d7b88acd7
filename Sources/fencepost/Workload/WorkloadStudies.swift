import Checker
import FlushTracer
import PersistencyModel
import ReferenceCache

/// The workloads that the reference cache is held to.
enum WorkloadStudies {
  /// What small workloads are made of.
  static let alphabet: [CacheStep] = [
    .write(0), .write(1), .flush, .forcedWrite(0), .discard(0), .writeBack, .reopen, .powerCut,
  ]

  /// A formatted cache of 3 blocks of 512 bytes over 2.
  static func small(_ strategy: PersistStrategy, defects: CacheDefects = []) -> CacheSetup {
    var options = CacheOptions(blockSize: 512, strategy: strategy)
    options.autocommitBlocks = .max
    options.writeBack = .manual
    options.defects = defects
    return .small(blocks: 3, originBlocks: 2, options: options)
  }

  /// All workloads of up to so many steps, at each level if asked for.
  static func all(
    upTo length: Int,
    _ strategy: PersistStrategy,
    in directory: String,
    comparesLevels: Bool = false
  ) throws -> WorkloadTotals {
    let explorer = WorkloadExplorer(
      try CacheRecorder(small(strategy), in: directory),
      alphabet: alphabet,
      length: length,
      check: WorkloadCheck(),
      comparesLevels: comparesLevels
    )
    return try explorer.explore()
  }

  /// A cache of 16 blocks of 512 bytes on two devices, over as many, with write-back by itself.
  static func joined(_ strategy: PersistStrategy, defects: CacheDefects = []) -> CacheSetup {
    var options = CacheOptions(blockSize: 512, strategy: strategy)
    options.highWatermark = 75
    options.lowWatermark = 50
    options.defects = defects
    let half = Device(name: "D0", size: 4352)
    let other = Device(name: "D1", size: 4352)
    return CacheSetup(
      options: options,
      space: AddressSpace(
        devices: [half, other],
        segments: [
          Segment(begin: 0, length: 4352, mapping: .linear(DeviceExtent(device: 0))),
          Segment(begin: 4352, length: 4352, mapping: .linear(DeviceExtent(device: 1))),
        ]
      ),
      origin: AddressSpace(single: "origin", size: 16 * CacheLine.size, domain: .disk),
      commitsByItself: true
    )
  }
}
