import ComparisonPolicies
import PersistencyModel

/// The images that a trace's crash points allow, by enumeration.
enum LitmusStates {
  /// Distinct images at one point: per line of `lines`, its distinct contents; the set is their product.
  static func contents(
    _ machine: PersistencyMachine,
    lines: Range<UInt64>
  ) throws -> [[LineBytes]] {
    try lines.map { index in
      guard let contents = machine.space(of: CacheLine(index: index)).distinctContents() else {
        throw LitmusError(description: "line \(index) has too many contents to list")
      }
      return contents
    }
  }

  /// Calls `body` with every image of a product of contents.
  static func forEachImage(_ contents: [[LineBytes]], _ body: ([LineBytes]) -> Void) {
    func extend(_ image: [LineBytes]) {
      if image.count == contents.count { return body(image) }
      for content in contents[image.count] { extend(image + [content]) }
    }
    extend([])
  }
}

/// The images of a test, as rows of the values of its variables.
struct LitmusRows {
  let test: LitmusTest
  private let lines: Range<UInt64>
  private let initial: [LineBytes]
  private let options: ModelOptions

  init(test: LitmusTest) throws {
    self.test = test
    options = try litmusOptions(tear: test.tear, order: test.order, domain: test.model)
    let end = test.layout.values.map { $0.address + UInt64($0.size) }.max() ?? 0
    // Stores given in hex may run past the last variable, and on into further lines.
    let longest = test.threads.joined().compactMap { $0.hex?.utf8.count }.max() ?? 0
    lines = 0..<((end + UInt64(longest / 2) + 63) / CacheLine.size)
    var memory = [LineBytes](repeating: LineBytes(), count: lines.count)
    for (name, value) in test.`init` ?? [:] {
      guard let variable = test.layout[name] else {
        throw LitmusError(
          description: "\(test.name): init names no variable of the layout: \(name)"
        )
      }
      for offset in 0..<variable.size {
        let address = Int(variable.address) + offset
        memory[address / 64][address % 64] = littleEndian(value.value, offset)
      }
    }
    initial = memory
  }

  /// Rows over all crash points of a trace, and rows after its last event.
  func rows(of trace: Trace) throws -> (all: Set<[UInt64]>, final: Set<[UInt64]>) {
    var all: Set<[UInt64]> = []
    var final: Set<[UInt64]> = []
    var failure: (any Error)?
    var sweep = CrashSweep(trace, machine: machine())
    sweep.run { machine, _ in
      do { final = try rows(machine) } catch { failure = error }
      all.formUnion(final)
      return failure == nil
    }
    if let failure { throw failure }
    return (all, final)
  }

  /// Rows with each number of events complete, none to all.
  func rowsByPoint(_ trace: Trace) throws -> [Set<[UInt64]>] {
    var machine = machine()
    var points = [try rows(machine)]
    for (index, event) in trace.events.enumerated() {
      machine.apply(event, at: index, of: trace) { _, _ in }
      points.append(try rows(machine))
    }
    return points
  }

  /// What policies are compared on, of a trace of this test.
  func subject(of trace: Trace) -> PolicySubject {
    let initial = initial
    return PolicySubject(trace: trace, options: options) { line in
      line.index < initial.count ? initial[Int(line.index)] : LineBytes()
    }
  }

  private func machine() -> PersistencyMachine {
    let initial = initial
    return PersistencyMachine(options: options) { line in
      line.index < initial.count ? initial[Int(line.index)] : LineBytes()
    }
  }

  private func rows(_ machine: PersistencyMachine) throws -> Set<[UInt64]> {
    var rows: Set<[UInt64]> = []
    LitmusStates.forEachImage(try LitmusStates.contents(machine, lines: lines)) { image in
      rows.insert(test.vars.map { value(of: $0, in: image) })
    }
    return rows
  }

  private func value(of name: String, in image: [LineBytes]) -> UInt64 {
    guard let variable = test.layout[name] else { return 0 }
    return (0..<min(variable.size, 8)).reduce(0) { value, offset in
      let address = Int(variable.address) + offset
      return value | UInt64(image[address / 64][address % 64]) << UInt64(offset * 8)
    }
  }
}

/// The model that a corpus entry names.
func litmusOptions(tear: String, order: String, domain: String) throws -> ModelOptions {
  var options = ModelOptions()
  guard let tear = TearMode(rawValue: tear) else {
    throw LitmusError(description: "unknown tear mode \"\(tear)\"")
  }
  guard let order = StoreOrder(rawValue: order) else {
    throw LitmusError(description: "unknown order \"\(order)\"")
  }
  guard let domain = PersistenceDomain(rawValue: domain) else {
    throw LitmusError(description: "unknown model \"\(domain)\"")
  }
  options.tear = tear
  options.order = order
  options.domainOverride = domain
  return options
}
