import Checker
import Foundation
import PersistencyModel
import TraceFormat

/// Turns the recorder's stream of one process into a trace.
struct RecordingConversion {
  let text: RecordingText
  let layout: RecordingLayout
  private(set) var counts = [Int](repeating: 0, count: EventKind.allCases.count)
  /// Whether the recording stops because nothing more could be written.
  private(set) var isStopped: Bool
  /// How many places are without a line, by the program or library that they are in.
  private(set) var lineless: [ModuleBook.Module: Int] = [:]
  private(set) var threads: Set<ThreadID> = []
  /// Loads of what other threads stored, where they were recorded.
  private(set) var reads: [RecordedRead] = []
  /// The site of what system calls stored.
  private var kernelSite: SiteID { SiteID(text.sites.count + 1) }

  /// A conversion of the process that `text` tells of.
  init(_ text: RecordingText) {
    self.text = text
    isStopped = text.stopError != nil
    layout = RecordingLayout(text.files)
  }

  /// How many events of a kind there were.
  func count(_ kind: EventKind) -> Int { counts[Int(kind.rawValue)] }

  /// Number of all events.
  var eventCount: Int { counts.reduce(0, +) }

  /// Sends everything to a sink, and every store to memory too.
  mutating func send<Sink: TraceSink>(
    to sink: inout Sink,
    replaying memory: ReplayMemory
  ) throws {
    var header = TraceHeader(source: .other(RecordFidelity.source(of: text.recorder)))
    header.fidelity = RecordFidelity.notes(of: text.recorder)
    header.buildIDs = text.modules.buildIDs
    header.addressSpace = layout.space.devices.isEmpty ? nil : layout.space
    try sink.receive(header: header)
    for site in resolvedSites() { try sink.receive(site: site) }
    try sink.receive(site: Site("system call"))
    var reader = try RecordReader(prefix: text.prefix)
    while let record = try reader.read() {
      if record.kind == .end || record.kind == .stopped {
        isStopped = isStopped || record.kind == .stopped
        break
      }
      try send(record, reader, to: &sink, replaying: memory)
    }
  }

  /// Lines that the recorder did not find may be known to others.
  private mutating func resolvedSites() -> [Site] {
    let symbolizer = Symbolizer(environment: ProcessInfo.processInfo.environment)
    let resolution = SiteResolution(text.sites, modules: text.modules, symbolizer: symbolizer)
    lineless = resolution.unresolved
    return text.sites.map(resolution.applied)
  }

  private mutating func send<Sink: TraceSink>(
    _ record: Record,
    _ reader: RecordReader,
    to sink: inout Sink,
    replaying memory: ReplayMemory
  ) throws {
    let thread = ThreadID(min(record.thread, UInt64(Event.maximumThread)))
    threads.insert(thread)
    if record.kind == .label {
      counts[Int(EventKind.mark.rawValue)] += 1
      try sink.receive(mark: .label(String(decoding: reader.bytes, as: UTF8.self)), thread: thread)
      return
    }
    guard let kind = record.kind.eventKind else {
      try takeRead(record, thread)
      return
    }
    let address = record.kind.hasOffset ? try self.address(of: record) : 0
    if kind == .msync {
      try sendMsync(from: address, size: record.size, thread, to: &sink)
      return
    }
    let size = kind.isLineFlush ? CacheLine.size : record.size
    let site = record.kind == .kernelStore ? kernelSite : SiteID(record.site)
    var event = Event(kind, address: address, size: Int(size), thread: thread, site: site)
    if kind.isStore, size <= 8 {
      event.payload = reader.bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    counts[Int(kind.rawValue)] += 1
    if kind.isStore { reader.withBytes { memory.store($0, at: address) } }
    var failure: Sink.Failure?
    reader.withBytes { bytes in
      do throws(Sink.Failure) { try sink.receive(event: event, bytes: bytes) } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  private mutating func takeRead(_ record: Record, _ thread: ThreadID) throws {
    guard record.kind == .read else { return }
    reads.append(
      RecordedRead(
        position: eventCount,
        address: try address(of: record),
        size: Int(record.size),
        thread: thread,
        site: SiteID(record.site)
      )
    )
  }

  /// Events cover less than `msync` may.
  private mutating func sendMsync<Sink: TraceSink>(
    from address: UInt64,
    size: UInt64,
    _ thread: ThreadID,
    to sink: inout Sink
  ) throws {
    let most: UInt64 = 1 << 19
    var offset: UInt64 = 0
    while offset < size {
      let part = min(most, size - offset)
      let event = Event(.msync, address: address + offset, size: Int(part), thread: thread)
      counts[Int(EventKind.msync.rawValue)] += 1
      try sink.receive(event: event, bytes: RawSpan())
      offset += part
    }
  }

  private func address(of record: Record) throws -> UInt64 {
    let needed = record.kind.hasSize ? record.size : CacheLine.size
    guard let file = Int(exactly: record.file), layout.begins.indices.contains(file),
      record.offset <= layout.sizes[file], needed <= layout.sizes[file] - record.offset
    else {
      throw ToolFailure.malformed(
        "\(text.prefix).events: byte \(record.offset) of file \(record.file) is not in the recording"
      )
    }
    return layout.begins[file] + record.offset
  }
}

extension RecordKind {
  /// The kind of the event that a record becomes; `nil` for those that become none or a mark.
  var eventKind: EventKind? {
    switch self {
    case .store, .kernelStore: .store
    case .nonTemporalStore: .nonTemporalStore
    case .lockedStore: .lockedStore
    case .lockedFence: .lockedFence
    case .clwb: .clwb
    case .clflushopt: .clflushopt
    case .clflush: .clflush
    case .sfence: .sfence
    case .mfence: .mfence
    case .msync: .msync
    case .label, .end, .stopped, .read: nil
    }
  }
}
