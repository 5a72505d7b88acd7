import BigInt
import ComparisonPolicies
import PersistencyModel
import TraceFormat

/// Compares one random trace's exact counts and hashes with the model's.
struct LitmusRandom {
  let test: RandomTest
  private let options: ModelOptions
  private let initial: [UInt8]
  private let trace: Trace

  init(test: RandomTest) throws {
    try test.requireSmall()
    self.test = test
    options = try litmusOptions(tear: test.tear, order: "line", domain: test.model)
    initial = try litmusBytes(test.`init`, in: "seed \(test.seed)")
    trace = try Self.trace(of: test)
  }

  func mismatches() throws -> [String] {
    var found: [String] = []
    var machine = machine()
    found += try compare(machine, at: 0)
    for (index, event) in trace.events.enumerated() {
      machine.apply(event, at: index, of: trace) { _, _ in }
      found += try compare(machine, at: index + 1)
    }
    if trace.events.count + 1 != test.points.count {
      found.append("\(trace.events.count + 1) points, expected \(test.points.count)")
    }
    return try found + unionMismatches()
  }

  /// What policies are compared on.
  var subject: PolicySubject {
    let initial = initial
    return PolicySubject(trace: trace, options: options) { line in
      LineBytes(initial.dropFirst(Int(line.address)).prefix(64))
    }
  }

  private func machine() -> PersistencyMachine {
    let initial = initial
    return PersistencyMachine(options: options) { line in
      LineBytes(initial.dropFirst(Int(line.address)).prefix(64))
    }
  }

  private func compare(_ machine: PersistencyMachine, at point: Int) throws -> [String] {
    guard point < test.points.count else { return [] }
    let expected = test.points[point]
    let contents = try LitmusStates.contents(machine, lines: 0..<test.lines)
    var found: [String] = []
    func check(_ name: String, _ computed: String, _ expected: String) {
      guard computed != expected else { return }
      found.append("point \(point) \(name): - \(expected) + \(computed)")
    }
    for (line, pair) in zip(contents, expected.lines).enumerated() {
      check("line \(line) n", "\(pair.0.count)", "\(pair.1.n)")
      check("line \(line) hash", Self.hash(pair.0.map(\.bytes)), pair.1.hash)
    }
    let count = contents.reduce(BigUInt(1)) { $0 * BigUInt($1.count) }
    check("count", "\(count)", "\(expected.count.value)")
    let vectors = machine.pendingLines.reduce(BigUInt(1)) { $0 * machine.space(of: $1).idealCount }
    check("vectors", "\(vectors)", "\(expected.vectors.value)")
    return found
  }

  private func unionMismatches() throws -> [String] {
    var images: Set<[LineBytes]> = []
    var counter = ChoiceCounter()
    var failure: (any Error)?
    var sweep = CrashSweep(trace, machine: machine())
    sweep.run { machine, _ in
      counter.add(machine)
      do {
        let contents = try LitmusStates.contents(machine, lines: 0..<test.lines)
        LitmusStates.forEachImage(contents) { images.insert($0) }
      } catch { failure = error }
      return failure == nil
    }
    if let failure { throw failure }
    var found: [String] = []
    if let count = test.union.count?.value, count != images.count {
      found.append("union count: - \(count) + \(images.count)")
    }
    if let hash = test.union.hash, hash != Self.hash(images.map { $0.flatMap(\.bytes) }) {
      found.append("union hash: - \(hash)")
    }
    if let vectors = test.union.vectors?.value, BigUInt(vectors) != counter.total {
      found.append("union vectors: - \(vectors) + \(counter.total)")
    }
    return found
  }

  /// First 16 hex digits of SHA-256 over the sorted byte strings, concatenated.
  private static func hash(_ strings: [[UInt8]]) -> String {
    var digest = SHA256()
    for bytes in strings.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      digest.update(bytes)
    }
    return digest.digest().prefix(8).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  private static func trace(of test: RandomTest) throws -> Trace {
    var trace = Trace()
    for event in test.events {
      switch event.op {
      case "sfence": trace.append(Event(.sfence))
      case "mfence": trace.append(Event(.mfence))
      case "store", "nt", "rmw":
        let kinds: [String: EventKind] = ["nt": .nonTemporalStore, "rmw": .lockedStore]
        let bytes = try litmusBytes(event.hex ?? "", in: "seed \(test.seed)")
        trace.appendStore(kinds[event.op] ?? .store, address: event.addr ?? 0, bytes: bytes)
      default:
        guard let kind = lineFlush(event.op) else {
          throw LitmusError(description: "seed \(test.seed): unknown op \"\(event.op)\"")
        }
        trace.append(Event(kind, address: event.addr ?? 0, size: 64))
      }
    }
    return trace
  }
}
