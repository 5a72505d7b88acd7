import PersistencyModel
import TraceFormat

/// Everything that a check starts from, read and validated.
struct CheckInput {
  var numbered: NumberedTrace
  let memory: CheckMemory
  let options: ModelOptions
  let summary: ReadSummary
  /// Operations that the marks file put in.
  let addedMarks: [CertificateRecord.Mark]
  /// Name of the router under which write-backs were derived anew; `nil` where they are those recorded.
  let appliedRouting: String?
  /// Images of memory before and after, by digest.
  let images: [CertificateRecord.Image]
  /// Sentences that belong beside the verdict: assumptions and diagnostics.
  let notes: [String]
  /// Why the verdict cannot be consistent, whatever is found.
  let doubts: [String]

  init(_ arguments: TraceArguments) throws {
    let model = try arguments.model()
    let read = try ToolFailure.translating {
      try TraceReader.trace(
        arguments.trace,
        options: TraceReader.Options(process: arguments.process)
      )
    }
    var notes = read.summary.diagnostics.map { $0.description }
    var doubts: [String] = []
    if !read.summary.isComplete { doubts.append("the recording is not complete") }
    var numbered = NumberedTrace(read.trace)
    let space = try arguments.addressSpace() ?? read.trace.header.addressSpace
    if space == nil, arguments.initial.isEmpty {
      try Self.verifyReach(read.trace, file: arguments.trace)
    }
    let memory = try CheckMemory(arguments.initial, space: space, for: read.trace)
    if !memory.isGiven { notes.append("memory starts as zeros: no --initial was given") }
    try Self.verifyCover(numbered.trace, by: memory.space, file: arguments.trace)
    let final = try Self.verifyFinal(arguments, numbered.trace, memory)
    images = memory.given + (final?.given ?? [])
    // Both name events by their numbers in the file.
    try EventFilter.makePlain(arguments.asPlain, in: &numbered)
    try EventFilter.remove(arguments.without, from: &numbered)
    if let pattern = arguments.fencesFrom,
      EventFilter.keepFences(from: pattern, in: &numbered) == 0
    {
      doubts.append("--fences-from \(pattern) matches no ordering event")
    }
    try Self.applyMarks(arguments.marks, to: &numbered)
    addedMarks = arguments.marks == nil ? [] : numbered.addedMarks
    numbered.trace.header.addressSpace = memory.space
    appliedRouting = try Self.route(arguments, &numbered, memory.space)
    guard appliedRouting != nil || !arguments.flushesAreRequests else {
      throw ToolFailure.usage(
        "--flushes-are-requests changes nothing here: nothing is routed anew; name a router with --routing"
      )
    }
    try Self.refuseAsynchronous(memory.space, model)
    self.numbered = numbered
    self.memory = memory
    options = model
    summary = read.summary
    self.notes = notes
    self.doubts = doubts
  }

  private static func verifyCover(
    _ trace: Trace,
    by space: AddressSpace,
    file: String
  ) throws {
    if let event = trace.firstEvent(misplacedIn: space) {
      let address = String(trace.events[event].address, radix: 16)
      let what =
        trace.events[event].kind.isOfDisk
        ? "belongs to a disk, and no sector" : "is memory's, and a disk"
      throw ToolFailure.malformed("\(file): event \(event + 1) \(what) is at address 0x\(address)")
    }
    guard let event = trace.firstEvent(notCoveredBy: space) else { return }
    throw ToolFailure.malformed(
      "\(file): event \(event + 1): no device is mapped at address "
        + "0x\(String(trace.events[event].address, radix: 16)) for its "
        + "\(trace.events[event].size) bytes"
    )
  }

  /// Without devices and images memory reaches from address 0 as far as the trace does.
  private static func verifyReach(_ trace: Trace, file: String) throws {
    let far = trace.events.firstIndex { event in
      event.kind != .mark
        && event.address.addingReportingOverflow(UInt64(event.size)).partialValue
          > CheckMemory.maximumSize
    }
    guard let far else { return }
    throw ToolFailure.malformed(
      "\(file): event \(far + 1): address 0x\(String(trace.events[far].address, radix: 16)) is "
        + "beyond the \(CheckMemory.maximumSize) bytes that are held; devices would say where it is"
    )
  }

  private static func verifyFinal(
    _ arguments: TraceArguments,
    _ trace: Trace,
    _ memory: CheckMemory
  ) throws -> CheckMemory? {
    guard !arguments.final.isEmpty else { return nil }
    let final = try CheckMemory(arguments.final, role: "final", space: memory.space, for: trace)
    try ReplayCheck.verify(trace, from: memory, to: final, file: arguments.trace)
    return final
  }

  private static func applyMarks(_ path: String?, to numbered: inout NumberedTrace) throws {
    guard let path else { return }
    let marked = try ToolFailure.translating {
      try MarksFile.read(path).applied(to: numbered.trace)
    }
    // The file inserts operations right after labels, and labels are the only marks it was given.
    let before = numbered.trace
    var position = 0
    numbered.insert(into: marked) { event in
      let isSame =
        position < before.events.count
        && (event.kind == .mark) == (before.events[position].kind == .mark)
        && (event.kind != .mark
          || marked.mark(of: event) == before.mark(of: before.events[position]))
      if isSame { position += 1 }
      return !isSame
    }
  }

  private static func route(
    _ arguments: TraceArguments,
    _ numbered: inout NumberedTrace,
    _ space: AddressSpace
  ) throws -> String? {
    let named = arguments.routing ?? numbered.trace.header.routing
    let isChanged =
      arguments.routing != nil || arguments.devices != nil || arguments.deviceTable != nil
    let hasRequests = numbered.trace.events.contains { $0.kind.isRequest }
    guard isChanged, hasRequests || arguments.routing != nil else { return nil }
    guard let router = Router(named: named ?? "correct") else {
      let known = Router.all.map(\.name).joined(separator: ", ")
      throw ToolFailure.usage("--routing \(named ?? ""): expected one of \(known)")
    }
    numbered.remove { _, event in event.kind.isRouted }
    do {
      let routed = try numbered.trace.rerouted(
        by: router,
        in: space,
        lineFlushesAsRequests: arguments.flushesAreRequests
      )
      if arguments.flushesAreRequests {
        // Requests stand in for runs of flushes: numbers follow the stores and fences around them.
        numbered.renumber(for: routed)
      } else {
        numbered.insert(into: routed) { $0.kind.isRouted }
      }
    } catch {
      throw ToolFailure.usage("--routing \(router.name): \(error.description)")
    }
    return router.name
  }

  private static func refuseAsynchronous(_ space: AddressSpace, _ model: ModelOptions) throws {
    guard model.domainOverride == nil else { return }
    for device in space.devices where device.domain == .asynchronous {
      throw ToolFailure.malformed(
        "device \(device.name) is asynchronous: no instruction makes it durable; it cannot be checked"
      )
    }
  }
}

extension TraceArguments {
  /// The devices named on the command line.
  func addressSpace() throws -> AddressSpace? {
    guard devices == nil || deviceTable == nil else {
      throw ToolFailure.usage("give --devices or --device-table, not both")
    }
    do throws(AddressSpaceError) {
      if let devices { return try AddressSpace(inline: devices) }
    } catch {
      throw ToolFailure.usage("--devices: \(error.description)")
    }
    guard let deviceTable else { return nil }
    let bytes = try ToolFailure.translating {
      try DecodedFile.bytes(ofFile: deviceTable, limit: 1 << 24)
    }
    do throws(AddressSpaceError) {
      return try AddressSpace(table: String(decoding: bytes, as: UTF8.self))
    } catch {
      throw ToolFailure.malformed("\(deviceTable): \(error.description)")
    }
  }
}

extension NumberedTrace {
  /// Takes over a trace in which flushes became requests with write-backs; everything else is as before.
  mutating func renumber(for changed: Trace) {
    func isReplaced(_ event: Event) -> Bool {
      event.kind.isLineFlush || event.kind == .flushRequest || event.kind.isRouted
    }
    let anchors = trace.events.indices.filter { !isReplaced(trace.events[$0]) }.map { numbers[$0] }
    var next = 0
    numbers = changed.events.map { event in
      if !isReplaced(event) { next += 1 }
      return next == 0 ? 0 : anchors[next - 1]
    }
    trace = changed
  }
}
