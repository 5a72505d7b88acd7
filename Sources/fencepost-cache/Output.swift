import SystemPackage

/// Standard output, in pieces of at least 256 KiB but for the last.
struct Output: ~Copyable {
  private var pending: [UInt8] = []

  /// Adds bytes.
  ///
  /// - Throws: `ToolFailure.inputOutput`.
  mutating func write(_ bytes: some Sequence<UInt8>) throws(ToolFailure) {
    pending += bytes
    if pending.count >= 1 << 18 { try flush() }
  }

  /// Writes what was added.
  ///
  /// - Throws: `ToolFailure.inputOutput`.
  mutating func flush() throws(ToolFailure) {
    do {
      try FileDescriptor.standardOutput.writeAll(pending)
    } catch {
      throw .inputOutput("standard output: \(error)")
    }
    pending.removeAll(keepingCapacity: true)
  }

  /// Writes a text at once.
  ///
  /// - Throws: `ToolFailure.inputOutput`.
  static func print(_ text: String) throws(ToolFailure) {
    var output = Output()
    try output.write(text.utf8)
    try output.flush()
  }
}

/// Where sentences for people go.
enum StandardError {
  /// Writes one line; a failure to do so has nowhere to be told.
  static func print(_ line: String) {
    _ = try? FileDescriptor.standardError.writeAll(Array("\(line)\n".utf8))
  }
}
