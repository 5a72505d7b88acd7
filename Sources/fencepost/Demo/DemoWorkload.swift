import FlushTracer
import Foundation
import PersistencyModel
import ReferenceCache
import TraceFormat

/// The workload of the demo: writes, overwrites, a forced write, commits, over a stack of devices.
enum DemoWorkload {
  /// Block of the cache, in bytes.
  static let blockSize = 4096
  /// Sectors of the device under the cache.
  static let originSectors = 1024

  /// Records the workload on files in `directory`, one for each device, into a trace file.
  static func record(
    on space: AddressSpace,
    blocks: Int,
    in directory: String,
    to path: String
  ) throws -> RecordingSummary {
    let regions = try space.devices.map { device in
      let file = "\(directory)/\(device.name).pmem"
      // Left by an earlier run: a recording begins with zeros.
      try? FileManager.default.removeItem(atPath: file)
      return try MappedRegion.create(file, size: device.start + device.size)
    }
    let writer = try TraceWriter(path: path, format: .binary)
    let sink = EventSink(writer)
    var options = CacheOptions()
    options.blockSize = blockSize
    options.strategy = .cachedWithFlushRequests
    options.autocommitBlocks = .max
    options.writeBack = .manual
    var recording = try CacheRecording(
      on: DeviceStack(space, over: regions),
      options: options,
      originSectors: originSectors,
      sink: sink
    )
    try run(&recording, blocks: blocks)
    let summary = try recording.finish()
    var finished = sink.sink
    try finished.finish()
    return summary
  }

  /// Four blocks an epoch, then overwrites of some, then a forced write.
  private static func run(_ recording: inout CacheRecording, blocks: Int) throws {
    for block in 0..<blocks {
      try recording.write(block: block)
      if block % 4 == 3 { try recording.flush() }
    }
    for block in stride(from: 0, to: blocks, by: 8) { try recording.write(block: block) }
    try recording.flush()
    try recording.write(block: 1)
    try recording.write(block: 1)
    try recording.write(block: 2, isForced: true)
  }
}
