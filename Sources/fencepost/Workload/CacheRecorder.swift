import Checker
import FlushTracer
import PersistencyModel
import ReferenceCache

/// A recorded incarnation of a cache: from opening to the loss of power.
struct CacheRun {
  /// What was recorded.
  let trace: Trace
  /// Memory and disks before the first event.
  let initial: MemoryImage
  /// Events before each step's first one; the opening is step 0.
  let stepStarts: [Int]
  /// Why the last step failed; no step comes after one that fails.
  let failure: CacheError?

  /// Events before the last step's first one.
  var lastStepStart: Int { stepStarts[stepStarts.count - 1] }
}

/// Records workloads on the same files, one after the other.
final class CacheRecorder {
  let setup: CacheSetup
  private let stack: DeviceStack

  /// A recorder with a file for each device in `directory`, which exists.
  init(_ setup: CacheSetup, in directory: String) throws(TracerError) {
    self.setup = setup
    var regions: [MappedRegion] = []
    for device in setup.space.devices {
      let path = "\(directory)/\(device.name).pmem"
      regions.append(try MappedRegion.create(path, size: device.start + device.size))
    }
    stack = try DeviceStack(setup.space, over: regions)
  }

  /// Bytes of the persistent memory.
  var memorySize: Int { stack.size }

  /// Memory that was never formatted, over the origin's first contents.
  var blank: CacheStart {
    let zeros = [UInt8](repeating: 0, count: setup.options.blockSize)
    let origin = (0..<setup.blockCount).flatMap {
      setup.hasBlankOrigin ? zeros : content(block: $0, version: 0)
    }
    return CacheStart(
      memory: [UInt8](repeating: 0, count: stack.size),
      origin: origin,
      contents: origin
    )
  }

  /// A cache that was just formatted, without defects.
  func formatted() throws -> CacheStart {
    let blank = blank
    let recorder = try recorder(from: blank, TraceCollector())
    var medium = recorder.medium
    var options = setup.options
    options.defects = []
    try CacheFormat.format(&medium, options: options)
    var start = blank
    start.memory = stack.bytes(0..<stack.size)
    return start
  }

  /// Records an opening and steps, none of them a power cut; `firstVersion` numbers what is written.
  ///
  /// Where `formats`, format comes first and is recorded as well.
  func record(
    _ steps: [CacheStep],
    from start: CacheStart,
    firstVersion: Int,
    formats: Bool = false
  ) throws -> CacheRun {
    let collector = TraceCollector()
    let recorder = try recorder(from: start, collector)
    var failure: CacheError?
    do throws(CacheError) {
      var cache = try RecordedCache(
        recorder,
        options: setup.options,
        formats: formats
      )
      for (index, step) in steps.enumerated() {
        recorder.label("step \(index + 1): \(step)")
        let block = step.block ?? 0
        let version = firstVersion + index
        try cache.run(
          step,
          content: content(block: block, version: version),
          name: "\(CacheStep.name(of: block))\(version)"
        )
      }
      cache.abandon()
    } catch { failure = error }
    _ = try recorder.finish()
    let disks = [UInt8](repeating: 0, count: Int(setup.origin.end))
    let trace = collector.trace
    let labels = trace.events.indices.filter { index in
      guard trace.events[index].kind == .mark else { return false }
      return if case .label = trace.mark(of: trace.events[index]) { true } else { false }
    }
    return CacheRun(
      trace: trace,
      initial: MemoryImage(bytes: start.memory + disks),
      stepStarts: [0] + labels,
      failure: failure
    )
  }

  private func recorder(
    from start: CacheStart,
    _ collector: TraceCollector
  ) throws(TracerError) -> Recorder {
    overwrite(with: start.memory)
    var storages: [DiskStorage] = []
    for bytes in setup.diskBytes(start.origin) { storages.append(.memory(bytes)) }
    let disks = try DiskStack(setup.origin, over: storages)
    return try Recorder(stack, origin: disks, router: setup.router, sink: collector)
  }

  private func overwrite(with bytes: [UInt8]) {
    var offset = 0
    while offset < bytes.count, let place = setup.space.locate(UInt64(offset)) {
      let end = min(bytes.count, offset + Int(place.contiguous))
      let start = setup.space.devices[place.device].start + place.offset
      stack.regions[place.device].overwrite(at: Int(start), with: Array(bytes[offset..<end]))
      offset = end
    }
  }

  /// Bytes in which every word tells block, version and place, so that no two contents share one.
  func content(block: Int, version: Int) -> [UInt8] {
    CacheRecording.bytes(block: block, version: version, count: setup.options.blockSize)
  }
}

extension CacheStep {
  /// The block that is written, if any.
  var block: Int? {
    switch self {
    case .write(let block), .forcedWrite(let block): block
    default: nil
    }
  }
}

extension CacheSetup {
  /// The bytes of each disk, from those of the origin as the cache sees it.
  func diskBytes(_ bytes: [UInt8]) -> [[UInt8]] {
    var disks = origin.devices.map {
      [UInt8](repeating: 0, count: Int($0.underlyingSize))
    }
    for sector in 0..<(bytes.count / 512) {
      guard let place = origin.locate(UInt64(sector) * CacheLine.size) else { continue }
      let start = Int(origin.devices[place.device].start + place.offset / CacheLine.size * 512)
      disks[place.device].replaceSubrange(
        start..<(start + 512),
        with: bytes[(sector * 512)..<(sector * 512 + 512)]
      )
    }
    return disks
  }
}
