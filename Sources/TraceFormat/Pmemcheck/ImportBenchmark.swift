import Glibc
import PersistencyModel

/// Measures the import of a pmemcheck log.
public enum ImportBenchmark {
  /// What one import took.
  public struct Measurement: Hashable, Sendable {
    /// Records in the log.
    public var records: Int
    /// Time by the caller's clock.
    public var seconds: Double
    /// Growth of resident memory, in bytes, with the trace in memory.
    public var residentGrowth: Int

    /// Records per second.
    public var recordsPerSecond: Double { Double(records) / seconds }
    /// Resident bytes per record.
    public var residentPerRecord: Double { Double(residentGrowth) / Double(records) }
  }

  /// Writes a log of an append log: eight stores, a flush, a fence, the counter, a flush, a fence, again and again.
  ///
  /// - Throws: `TraceFormatError` where the file cannot be written.
  public static func writeLog(records: Int, to path: String) throws(TraceFormatError) {
    let file = try OutputFile(path: path)
    try file.append("==1== START|REGISTER_FILE;/benchmark;0x10000000;0x10000000;0x0")
    var line: [UInt8] = []
    for record in 0..<records {
      line.removeAll(keepingCapacity: true)
      append(record, to: &line)
      try file.append(line)
    }
    try file.append("|STOP\n")
    try file.finish()
  }

  /// Imports a log as a whole, under a clock that gives seconds.
  ///
  /// - Throws: `TraceFormatError` where the log cannot be read.
  public static func measure(
    _ path: String,
    clock: () -> Double
  ) throws(TraceFormatError) -> Measurement {
    let before = residentBytes()
    let start = clock()
    let (trace, summary) = try TraceReader.trace(path)
    let seconds = clock() - start
    return withExtendedLifetime(trace) {
      Measurement(
        records: Int(summary.eventCount),
        seconds: seconds,
        residentGrowth: residentBytes() - before
      )
    }
  }

  /// Resident memory of this process, in bytes; 0 where the system does not say.
  public static func residentBytes() -> Int {
    guard let text = try? DecodedFile.bytes(ofFile: "/proc/self/statm") else { return 0 }
    let fields = String(decoding: text, as: UTF8.self).split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
  }

  private static func append(_ record: Int, to line: inout [UInt8]) {
    let slot = UInt64(record / 13 % 16384)
    let base = 0x1000_1000 + slot * 64
    switch record % 13 {
    case 8, 11:
      line.append(contentsOf: "|FLUSH;".utf8)
      appendHexadecimal(record % 13 == 8 ? base : 0x1000_0000, to: &line)
      line.append(contentsOf: ";0x40".utf8)
    case 9, 12: line.append(contentsOf: "|FENCE".utf8)
    case 10: appendStore(0x1000_0000, UInt64(record / 13), to: &line)
    case let word:
      // A multiplier with well-spread bits gives values of full width.
      let value = UInt64(record + 1) &* 0x9e37_79b9_7f4a_7c15
      appendStore(base + UInt64(word * 8), value, to: &line)
    }
  }

  private static func appendStore(_ address: UInt64, _ value: UInt64, to line: inout [UInt8]) {
    line.append(contentsOf: "|STORE;".utf8)
    appendHexadecimal(address, to: &line)
    line.append(UInt8(ascii: ";"))
    appendHexadecimal(value, to: &line)
    line.append(contentsOf: ";0x8".utf8)
  }
}
