import FlushTracer
import PersistencyModel
import ReferenceCache
import TestSupport

@testable import fencepost

/// Processes that use one cache, one after the other, in one recording; all but the last die.
///
/// What a dead process stored is all there for the next one; power is lost only where a crash is looked at.
struct CacheProcesses {
  /// What one process does.
  struct Life {
    /// Steps, as a workload is written.
    var steps: String
    /// The step that is never acknowledged, because the process dies in it.
    var dying: String?
    /// Whether write-back forces what it writes to the origin, or flushes the origin afterwards.
    var forcesOriginWrites = true
  }

  private let setup: CacheSetup
  private let recorder: Recorder
  private let collector = TraceCollector()
  private var last: UInt32 = 0
  private var written = 0
  /// The files must live as long as the recorder.
  private let scratch: Scratch

  /// Records lives on a blank device over a blank origin; format comes first.
  static func record(_ lives: [Life], on setup: CacheSetup, sites: SiteDepth) throws -> Trace {
    var processes = try CacheProcesses(setup, sites: sites)
    for (index, life) in lives.enumerated() { try processes.live(life, formats: index == 0) }
    _ = try processes.recorder.finish()
    return processes.collector.trace
  }

  /// Records one process that does what `body` does.
  static func record(
    on setup: CacheSetup,
    _ body: (inout RecordedCache) throws -> Void
  ) throws -> Trace {
    let processes = try CacheProcesses(setup, sites: .returnAddress)
    var cache = try RecordedCache(processes.recorder, options: setup.options, formats: true)
    try body(&cache)
    cache.abandon()
    _ = try processes.recorder.finish()
    return processes.collector.trace
  }

  private init(_ setup: CacheSetup, sites: SiteDepth) throws {
    let files = try Scratch()
    let regions = try setup.space.devices.map { device in
      try MappedRegion.create(files.path(device.name), size: device.start + device.size)
    }
    let zeros = [UInt8](repeating: 0, count: setup.blockCount * setup.options.blockSize)
    let disks = setup.diskBytes(zeros).map { DiskStorage.memory($0) }
    recorder = try Recorder(
      DeviceStack(setup.space, over: regions),
      origin: DiskStack(setup.origin, over: disks),
      router: setup.router,
      sites: sites,
      sink: collector
    )
    self.setup = setup
    scratch = files
  }

  private mutating func live(_ life: Life, formats: Bool) throws {
    var options = setup.options
    options.forcesOriginWrites = life.forcesOriginWrites
    var cache = try RecordedCache(recorder, options: options, formats: formats, after: last)
    for step in try CacheWorkload(parsing: life.steps).steps { try run(step, &cache) }
    if let dying = life.dying {
      cache.loseCaller()
      for step in try CacheWorkload(parsing: dying).steps { try run(step, &cache) }
    }
    last = cache.lastOperation
    cache.abandon()
  }

  private mutating func run(_ step: CacheStep, _ cache: inout RecordedCache) throws {
    written += step.block == nil ? 0 : 1
    let block = step.block ?? 0
    try cache.run(
      step,
      content: CacheRecording.bytes(
        block: block,
        version: written,
        count: setup.options.blockSize
      ),
      name: "\(CacheStep.name(of: block))\(written)"
    )
  }
}

extension Trace {
  /// The same with sites under names that no build changes: functions, then a number in order of
  /// occurrence.
  var withNamedSites: Trace {
    var named = Trace(header: header)
    var sites: [SiteID: SiteID] = [:]
    var counts: [String: Int] = [:]
    for content in contents { named.define(content) }
    for event in events {
      if event.kind == .mark {
        named.append(mark(of: event))
        continue
      }
      let site =
        sites[event.site]
        ?? {
          let functions = self.site(event.site).frames.prefix(2).map { Self.function(in: $0.text) }
          let name = functions.reversed().joined(separator: ", ")
          counts[name, default: 0] += 1
          return named.define(Site("\(name) #\(counts[name] ?? 0)"))
        }()
      sites[event.site] = site
      if event.kind.isStore {
        named.appendStore(event.kind, address: event.address, bytes: bytes(of: event), site: site)
      } else {
        named.append(
          Event(
            event.kind,
            address: event.address,
            size: event.size,
            payload: event.payload,
            site: site
          )
        )
      }
    }
    return named
  }

  /// Type and function of a symbol, such as "Cache.commit".
  private static func function(in symbol: String) -> String {
    // A closure is its function's.
    let function = symbol.split(separator: " in ").last ?? ""
    let path = function.replacing("(extension in ReferenceCache):", with: "")
      .prefix { $0 != "(" && $0 != "<" }
    return path.split(separator: " ").last?.split(separator: ".").suffix(2)
      .joined(separator: ".") ?? "?"
  }
}
