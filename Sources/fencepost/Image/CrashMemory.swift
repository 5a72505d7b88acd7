import Checker
import PersistencyModel
import ReferenceCache

/// Builds the memory that crashes leave: one in the recorded program, then some in its recovery.
struct CrashMemory {
  let header: TraceHeader
  let options: ModelOptions

  /// What one crash in a trace leaves of memory.
  ///
  /// - Throws: a sentence where there is no such crash point, or no crash can leave that.
  func after(
    _ crash: RecoveryInterruption,
    in trace: Trace,
    on initial: MemoryImage
  ) throws(KeepSpec.Failure) -> MemoryImage {
    let point = crash.crashPoint
    guard point.events <= trace.events.count else {
      throw KeepSpec.Failure(reason: "there are only \(trace.events.count) events")
    }
    var machine = CheckSubject(trace: trace, initial: initial, options: options).machine
    for index in 0..<point.events {
      machine.apply(trace.events[index], at: index, of: trace) { _, _ in }
    }
    if point.isInsideNext {
      machine = try inside(point.events, of: trace, machine)
    }
    var memory = initial
    for (line, content) in try crash.keep.contents(in: machine) { memory[line] = content }
    return memory
  }

  private func inside(
    _ index: Int,
    of trace: Trace,
    _ before: PersistencyMachine
  ) throws(KeepSpec.Failure) -> PersistencyMachine {
    var machine = before
    var inside: PersistencyMachine?
    if index < trace.events.count {
      machine.apply(trace.events[index], at: index, of: trace) { machine, reached in
        if reached.isInsideNext { inside = machine }
      }
    }
    guard let inside else {
      throw KeepSpec.Failure(reason: "no crash inside event \(index + 1) is special")
    }
    return inside
  }

  /// What a crash leaves of memory while the cache recovers from it.
  func after(
    _ crash: RecoveryInterruption,
    recovering cache: CacheOptions,
    from memory: MemoryImage
  ) throws(KeepSpec.Failure) -> MemoryImage {
    var cache = cache
    cache.blankDevice = .refuse
    let recorded = RecordedRecovery(
      of: CacheRecoveryRun(options: cache, size: memorySize(of: memory)),
      on: memory,
      header: header,
      options: options
    )
    return try after(crash, in: recorded.trace, on: memory)
  }

  /// Bytes of persistent memory: disks come after them.
  private func memorySize(of memory: MemoryImage) -> Int {
    let size = header.addressSpace.map { Int($0.memoryEnd - memory.base) } ?? memory.bytes.count
    return min(size, memory.bytes.count)
  }
}

/// Recovery of the cache for its stores alone.
private struct CacheRecoveryRun: Recovery {
  let options: CacheOptions
  /// Bytes of persistent memory.
  let size: Int

  /// Whether the cache can be opened.
  mutating func recover<M: Medium>(_ medium: inout M) -> Bool {
    var part = MediumPart(medium, size: size)
    defer { medium = part.base }
    return (try? CacheState.recover(on: &part, options: options)) != nil
  }
}
