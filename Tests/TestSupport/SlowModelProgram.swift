public import PersistencyModel

/// What a store of a small program writes.
public enum SlowValue: Hashable, Sendable {
  /// These bytes.
  case bytes([UInt8])
  /// The low bytes of a register, little-endian.
  case register(String, size: Int)
}

/// What a locked operation of a small program writes.
public enum SlowLocked: Hashable, Sendable {
  /// These bytes.
  case exchange([UInt8])
  /// The sum of the old value of `size` bytes and an addend.
  case add(UInt64, size: Int)
  /// These bytes if the old ones are those expected; otherwise the thread ends with a plain load.
  case compare(expected: [UInt8], new: [UInt8])
}

/// One instruction of a small program.
public struct SlowInstruction: Hashable, Sendable {
  /// What an instruction does.
  public enum Action: Hashable, Sendable {
    /// A cached store.
    case store(UInt64, SlowValue)
    /// A non-temporal store.
    case nonTemporal(UInt64, SlowValue)
    /// `clflush` of the line of an address.
    case clflush(UInt64)
    /// `clwb` or `clflushopt` of the line of an address.
    case weakFlush(UInt64)
    /// `sfence`.
    case storeFence
    /// `mfence`, or a locked operation that stores nothing.
    case fullFence
    /// A locked operation on an address.
    case locked(UInt64, SlowLocked)
    /// A load of `size` bytes, at most 8, into a register.
    case load(UInt64, size: Int, into: String)
    /// Nothing, but it counts as an instruction.
    case nothing
  }

  /// What it does.
  public var action: Action
  /// Register values that it needs; it is skipped unless all hold.
  public var condition: [String: UInt64]

  /// An instruction.
  public init(_ action: Action, if condition: [String: UInt64] = [:]) {
    self.action = action
    self.condition = condition
  }
}

/// A small program: what the operational model runs.
public struct SlowProgram: Sendable {
  /// Lines of memory, ascending; an image is their contents one after the other.
  public var lines: [UInt64]
  /// Memory before the first instruction; zeros where nothing is said.
  public var initial: [UInt64: LineBytes]
  /// The threads.
  public var threads: [[SlowInstruction]]
  /// Instructions done at each crash point, from point 0; empty for threads in no given order.
  public var points: [Int]
  /// The threads whose instructions complete one after the other; `nil` for any order.
  public var schedule: [Int]?

  /// A program in which every instruction of a single thread is a crash point.
  public init(
    lines: [UInt64],
    initial: [UInt64: LineBytes] = [:],
    threads: [[SlowInstruction]],
    points: [Int]? = nil,
    schedule: [Int]? = nil
  ) {
    self.lines = lines
    self.initial = initial
    self.threads = threads
    self.schedule = schedule
    self.points = points ?? (threads.count == 1 ? Array(0...threads[0].count) : [])
  }

  /// The instructions of a trace, one thread of the program for each thread of the trace.
  ///
  /// - Parameters:
  ///   - trace: the trace; crash point `k` is "the first `k` events complete".
  ///   - lines: its memory.
  ///   - initial: memory before the first event.
  ///   - keepsOrder: whether events of different threads become visible as recorded. If they need not,
  ///     there are no crash points where the trace has several threads.
  public init(
    trace: Trace,
    lines: [UInt64],
    initial: [UInt64: LineBytes] = [:],
    keepsOrder: Bool = false
  ) {
    let names = Set(trace.events.map(\.thread)).sorted()
    var threads = [[SlowInstruction]](repeating: [], count: max(names.count, 1))
    var points = [0]
    var schedule: [Int] = []
    for event in trace.events {
      let thread = names.firstIndex(of: event.thread) ?? 0
      let instructions = Self.instructions(of: event, in: trace)
      threads[thread] += instructions
      schedule += instructions.map { _ in thread }
      points.append(schedule.count)
    }
    self.init(
      lines: lines,
      initial: initial,
      threads: threads,
      points: keepsOrder || threads.count == 1 ? points : [],
      schedule: keepsOrder ? schedule : nil
    )
  }

  private static func instructions(of event: Event, in trace: Trace) -> [SlowInstruction] {
    let address = event.address
    switch event.kind {
    case .store: return [SlowInstruction(.store(address, .bytes(trace.bytes(of: event))))]
    case .nonTemporalStore:
      return [SlowInstruction(.nonTemporal(address, .bytes(trace.bytes(of: event))))]
    case .lockedStore:
      return [SlowInstruction(.locked(address, .exchange(trace.bytes(of: event))))]
    case .lockedFence, .mfence: return [SlowInstruction(.fullFence)]
    case .sfence: return [SlowInstruction(.storeFence)]
    case .clwb, .clflushopt, .routedWriteBack: return [SlowInstruction(.weakFlush(address))]
    case .clflush: return [SlowInstruction(.clflush(address))]
    case .msync:
      return SlowInstruction.msync(address, size: event.size)
    case .flushRequest, .deepFlush, .mark, .diskFlush: return [SlowInstruction(.nothing)]
    case .sectorWrite, .forcedSectorWrite, .routedDiskFlush:
      preconditionFailure("The operational model knows no disks")
    }
  }
}

extension SlowInstruction {
  /// `msync` of a range: a weak flush of each of its lines, then a fence.
  public static func msync(
    _ address: UInt64,
    size: Int,
    if condition: [String: UInt64] = [:]
  ) -> [SlowInstruction] {
    CacheLine.covering(address, size: UInt64(size)).map {
      SlowInstruction(.weakFlush($0 * 64), if: condition)
    } + [SlowInstruction(.storeFence, if: condition)]
  }
}
