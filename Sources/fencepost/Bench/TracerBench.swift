import FlushTracer
import Glibc
import PersistencyModel

/// One measured quantity: the median of several rounds, and their spread.
struct TracerMeasurement {
  /// What was measured.
  var name: String
  /// Unit of the numbers.
  var unit: String
  /// The middle round.
  var median: Double
  /// The best round.
  var low: Double
  /// The worst round.
  var high: Double
  /// What is aimed at, if anything.
  var goal: Double?
}

/// Measures what recording costs for each event, beyond the instruction itself.
///
/// Files are made in `directory` and belong to the caller to remove.
struct TracerBench {
  /// Rounds of which the median is taken.
  var rounds = 9
  /// Events in a round.
  var events = 1_000_000
  private let stack: DeviceStack

  /// A bench on a new file of 1 MiB in `directory`.
  ///
  /// - Throws: `TracerError` if the file cannot be made.
  init(directory: String) throws(TracerError) {
    stack = try DeviceStack(MappedRegion.create(directory + "/tracer-bench", size: 1 << 20))
  }

  /// Every measurement, in a fixed order.
  ///
  /// - Throws: `TracerError` if a recording is not verified.
  func run() throws(TracerError) -> [TracerMeasurement] {
    var results: [TracerMeasurement] = []
    for (depth, name) in Self.depths {
      let isPlain = depth == .returnAddress
      for (kind, goal) in [(EventKind.store, 20.0), (.clwb, 15), (.sfence, 6)] {
        results.append(
          try added(kind, depth: depth, name: "\(kind), \(name)", goal: isPlain ? goal : nil)
        )
      }
    }
    results.append(try bytesPerStore())
    return results
  }

  private static let depths: [(SiteDepth, String)] = [
    (.returnAddress, "return address"), (.framePointers(8), "8 frame pointers"),
    (.unwindTables(8), "8 frames by unwind tables"),
  ]

  /// Nanoseconds that recording adds to an instruction.
  private func added(
    _ kind: EventKind,
    depth: SiteDepth,
    name: String,
    goal: Double?
  ) throws(TracerError) -> TracerMeasurement {
    var samples: [Double] = []
    for _ in 0..<rounds {
      let recorder = Recorder(stack, sites: depth, sink: DiscardingSink())
      let bare = nanoseconds { stack.runBare(kind, count: events, stride: 64) }
      let traced = nanoseconds { record(kind, with: recorder) }
      samples.append(traced - bare)
      _ = try recorder.finish()
    }
    return summary(samples, name: "recording a \(name)", unit: "ns", goal: goal)
  }

  private func bytesPerStore() throws(TracerError) -> TracerMeasurement {
    let recorder = Recorder(stack, sink: DiscardingSink())
    for index in 0..<events {
      recorder.store(UInt64.max - UInt64(index), at: index * 8 & 0xf_ffff)
    }
    let recorded = try recorder.finish()
    return summary(
      [Double(recorded.encodedBytes) / Double(recorded.events)],
      name: "an 8-byte store",
      unit: "bytes",
      goal: 10
    )
  }

  @inline(never) private func record(_ kind: EventKind, with recorder: Recorder) {
    var offset = 0
    switch kind {
    case .store:
      for index in 0..<events {
        recorder.store(UInt64.max - UInt64(index), at: offset)
        offset = (offset + 64) & 0xf_ffff
      }
    case .clwb:
      for _ in 0..<events {
        recorder.clwb(at: offset)
        offset = (offset + 64) & 0xf_ffff
      }
    default: for _ in 0..<events { recorder.sfence() }
    }
  }

  /// Processor time of one event: time that other programs take does not count.
  private func nanoseconds(_ body: () -> Void) -> Double {
    let begin = Self.processorNanoseconds()
    body()
    return (Self.processorNanoseconds() - begin) / Double(events)
  }

  private static func processorNanoseconds() -> Double {
    var time = timespec()
    // SAFETY: the structure outlives the call.
    guard unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return 0 }
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }

  private func summary(
    _ samples: [Double],
    name: String,
    unit: String,
    goal: Double?
  ) -> TracerMeasurement {
    let sorted = samples.sorted()
    return TracerMeasurement(
      name: name,
      unit: unit,
      median: sorted[sorted.count / 2],
      low: sorted[0],
      high: sorted[sorted.count - 1],
      goal: goal
    )
  }
}

/// Takes a recording and forgets it.
private final class DiscardingSink: ChunkSink {
  func receive(header: TraceHeader) {}
  func receive(site: Site) {}
  func receive(content: Content) {}
  func receive(definitionOf mark: Mark) {}
  func receive(encodedEvents: RawSpan, count: Int) {}
}
