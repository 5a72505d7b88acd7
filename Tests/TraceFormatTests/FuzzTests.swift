import PersistencyModel
import Testing
import TraceFormat

/// Damaged input of every form gives a trace or an error, never a trap.
@Suite struct FuzzTests {
  static let seeds: [String] = [
    "pmemcheck/probe-misc.log", "pmemcheck/probe-fork.log", "pmemcheck/probe-cas16.log",
    "pmemcheck/applog-ok-n3-stacks-depth3.log", "pmemcheck/libpmemobj-open-tx.log", "text",
    "binary",
    "text.zst", "binary.zst", "lines",
  ]

  private let folder = TemporaryFolder()

  private func original(_ name: String) throws -> [UInt8] {
    var traces = RandomTraces(seed: 5)
    var trace = traces.next()
    while trace.events.count < 20 { trace = traces.next() }
    switch name {
    case "text": return Array(try text(of: trace, in: folder).utf8)
    case "binary": return try binary(of: trace, in: folder)
    case "text.zst", "binary.zst":
      let path = folder.file(name == "text.zst" ? "f.trace.zst" : "f.fpt.zst")
      try TraceWriter.write(trace, to: path)
      return try Samples.raw(path)
    case "lines":
      return Array(
        "#a\nREGISTER_FILE;/f;0x1000;0x1000;0x0\nSTORE;0x1000;0x1;0x8\nFLUSH;0x1000;0x40\nFENCE\n"
          .utf8
      )
    default: return try Samples.bytes(name)
    }
  }

  /// A sentence or a trace that agrees with its summary.
  private func check(_ bytes: [UInt8]) {
    do {
      let (trace, summary) = try TraceReader.trace(bytes: bytes, named: "f")
      #expect(UInt64(trace.events.count) == summary.eventCount)
    } catch { #expect(error.description.hasPrefix("f")) }
  }

  @Test(arguments: seeds)
  func cutFilesGiveATraceOrASentence(name: String) throws {
    let bytes = try original(name)
    for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 400)) {
      check(Array(bytes.prefix(count)))
    }
  }

  @Test(arguments: seeds)
  func changedBytesGiveATraceOrASentence(name: String) throws {
    let bytes = try original(name)
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<600 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let index = Int.random(in: 0..<damaged.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: damaged[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: damaged[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: damaged.remove(at: index)
        default: damaged.insert(damaged[damaged.count - 1 - index], at: index)
        }
      }
      check(damaged)
    }
  }

  @Test func noiseGivesASentence() {
    var generator = SeededGenerator(seed: 12)
    for count in [1, 7, 100, 5000, 100_000] {
      check((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
      check(
        Array("==1== START|".utf8)
          + (0..<count).map { _ in .random(in: 0...255, using: &generator) }
      )
    }
  }
}
