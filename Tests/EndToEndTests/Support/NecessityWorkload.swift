import FlushTracer
import Foundation
import PersistencyModel
import ReferenceCache
import TestSupport

/// A recording of the reference cache that needs each of its fences: three blocks, so that a freed one is
/// used again at once, and two process deaths with a new process that recovers.
///
/// What a dead process stored is all there for the next one; power is lost only where a crash is looked at.
struct NecessityWorkload {
  static let blockSize = 512
  /// Two superblocks further the device has room for three blocks.
  static let startSector: UInt64 = 4
  static let deviceSize = 4096

  /// The recording of a debug build, in the repository.
  static func sample(_ strategy: PersistStrategy) -> String {
    let name = strategy == .nonTemporal ? "non-temporal" : "cached"
    return Repository.path("traces/samples/necessity/\(name).trace.zst")
  }

  private let strategy: PersistStrategy
  private let scratch: Scratch
  private var joined = JoinedTrace()
  private var memory = [UInt8](repeating: 0, count: Self.deviceSize)
  private var operations: UInt32 = 0

  /// Records the workload.
  static func record(_ strategy: PersistStrategy) throws -> Trace {
    var workload = NecessityWorkload(strategy: strategy, scratch: try Scratch())
    try workload.firstProcess()
    try workload.secondProcess()
    try workload.thirdProcess()
    return workload.joined.trace
  }

  private init(strategy: PersistStrategy, scratch: Scratch) {
    self.strategy = strategy
    self.scratch = scratch
  }

  /// Every kind of write; dies with a write under way that is not committed.
  private mutating func firstProcess() throws {
    let trace = try process(formats: true) { process in
      try process.write(0, "a1")
      try process.write(1, "b1")
      try process.flush()
      try process.write(1, "b2")  // copy-on-write; the flush frees block 1
      try process.flush()
      try process.write(0, "a2")  // reuses block 1
      try process.write(0, "a3")  // in place: not committed yet
      try process.flush()
      try process.write(1, "b3", isForced: true)
      try process.write(2, "lost")  // reuses block 2; never committed
    }
    let last = trace.events.lastIndex { $0.kind == .mark } ?? 0
    add(trace, upTo: last)
  }

  /// Recovers what was not committed; dies in a commit, before the version it supersedes is cleared.
  private mutating func secondProcess() throws {
    let trace = try process(formats: false) { process in
      try process.write(0, "a4")
      try process.flush()
    }
    let fences = trace.events.indices.filter { trace.events[$0].kind == .sfence }
    let flush = trace.events.lastIndex { event in
      guard event.kind == .mark, case .begin(let operation) = trace.mark(of: event) else {
        return false
      }
      return operation.kind == .flush
    }
    let second = fences.filter { $0 > flush ?? 0 }[1]
    add(trace, upTo: second + 1)
    // The commit is durable: from here on nothing may lose it.
    joined.trace.append(.acknowledge(operations))
  }

  /// Recovers the superseded version and uses its block at once for another sector.
  private mutating func thirdProcess() throws {
    let trace = try process(formats: false) { process in
      try process.write(2, "c1")
      try process.flush()
    }
    add(trace, upTo: trace.events.count)
  }

  private mutating func add(_ trace: Trace, upTo end: Int) {
    joined.add(trace, upTo: end)
    for event in trace.events.prefix(end) where event.kind.isStore {
      memory.replaceSubrange(
        Int(event.address)..<(Int(event.address) + event.size),
        with: trace.bytes(of: event)
      )
    }
  }

  private mutating func process(
    formats: Bool,
    _ body: (inout RecordedProcess) throws -> Void
  ) throws -> Trace {
    let region = try MappedRegion.create(
      scratch.path("\(operations).pmem"),
      size: UInt64(Self.deviceSize)
    )
    region.overwrite(at: 0, with: memory)
    var options = CacheOptions(
      blockSize: Self.blockSize,
      startSector: Self.startSector,
      strategy: strategy
    )
    options.autocommitBlocks = .max
    options.writeBack = .manual
    let collector = TraceCollector()
    var process = try RecordedProcess(
      on: DeviceStack(region),
      options: options,
      formats: formats,
      operations: operations,
      into: collector
    )
    try body(&process)
    operations = try process.finish()
    return collector.trace
  }
}

/// A process that uses the cache, recorded with its call stacks.
private struct RecordedProcess: ~Copyable {
  private let recorder: Recorder
  private var cache: Cache<RecordedMedium, MemoryOrigin>
  private var operations: UInt32

  init(
    on stack: DeviceStack,
    options: CacheOptions,
    formats: Bool,
    operations: UInt32,
    into collector: TraceCollector
  ) throws {
    recorder = Recorder(stack, sites: .framePointers(3), sink: collector)
    self.operations = operations
    if formats {
      self.operations += 1
      recorder.begin(Operation(number: self.operations, kind: .format))
      var medium = RecordedMedium(recorder)
      try CacheFormat.format(&medium, options: options)
      recorder.acknowledge(self.operations)
    }
    self.operations += 1
    recorder.begin(Operation(number: self.operations, kind: .open))
    cache = try Cache(
      opening: RecordedMedium(recorder),
      over: MemoryOrigin(sectorCount: 8),
      options: options
    )
    recorder.acknowledge(self.operations)
  }

  mutating func write(_ sector: UInt64, _ name: String, isForced: Bool = false) throws {
    let words: [UInt8] = (0..<(NecessityWorkload.blockSize / 8)).flatMap { word -> [UInt8] in
      Array("\(name)......".utf8.prefix(6)) + [UInt8(word), 1]
    }
    let content = recorder.define(Content(name: name, bytes: words))
    operations += 1
    recorder.begin(
      Operation(
        number: operations,
        kind: .write,
        isForced: isForced,
        sectors: sector..<(sector + 1),
        contents: [content]
      )
    )
    try cache.write(words, at: sector, isForced: isForced)
    recorder.acknowledge(operations)
  }

  mutating func flush() throws {
    operations += 1
    recorder.begin(Operation(number: operations, kind: .flush))
    try cache.flush()
    recorder.acknowledge(operations)
  }

  /// Ends the recording; the number of the last operation.
  consuming func finish() throws -> UInt32 {
    let recorder = recorder
    let last = operations
    _ = cache.abandon()
    _ = try recorder.finish()
    return last
  }
}

/// Traces one after the other, sites and contents joined.
struct JoinedTrace {
  var trace = Trace()
  private var sites: [Site: SiteID] = [:]
  private var counts: [String: Int] = [:]
  private var requests: UInt64 = 0

  /// Adds the first events of a trace.
  mutating func add(_ other: Trace, upTo end: Int) {
    if trace.events.isEmpty { trace.header = other.header }
    let contents = other.contents.map { trace.define($0) }
    let base = requests
    for event in other.events.prefix(end) {
      switch event.kind {
      case .mark: trace.append(renumbered(other.mark(of: event), contents))
      case .store, .nonTemporalStore, .lockedStore:
        trace.appendStore(
          event.kind,
          address: event.address,
          bytes: other.bytes(of: event),
          site: site(other.site(event.site))
        )
      default:
        let isNumbered = event.kind == .flushRequest || event.kind == .routedWriteBack
        if isNumbered { requests = max(requests, base + event.payload + 1) }
        trace.append(
          Event(
            event.kind,
            address: event.address,
            size: event.size,
            payload: isNumbered ? base + event.payload : 0,
            site: site(other.site(event.site))
          )
        )
      }
    }
  }

  private func renumbered(_ mark: Mark, _ contents: [ContentID]) -> Mark {
    guard case .begin(var operation) = mark else { return mark }
    operation.contents = operation.contents.map { contents[Int($0)] }
    return .begin(operation)
  }

  /// The site under a name that no build changes: functions, then a number in order of occurrence.
  private mutating func site(_ site: Site) -> SiteID {
    if let known = sites[site] { return known }
    let functions = site.frames.prefix(2).map { Self.function(in: $0.text) }
    let name = functions.reversed().joined(separator: ", ")
    counts[name, default: 0] += 1
    let number = trace.define(Site("\(name) #\(counts[name] ?? 0)"))
    sites[site] = number
    return number
  }

  /// Type and function of a symbol, such as "Cache.commit".
  private static func function(in symbol: String) -> String {
    let path = symbol.replacing("(extension in ReferenceCache):", with: "")
      .prefix { $0 != "(" && $0 != "<" }
    return path.split(separator: " ").last?.split(separator: ".").suffix(2)
      .joined(separator: ".") ?? "?"
  }
}
