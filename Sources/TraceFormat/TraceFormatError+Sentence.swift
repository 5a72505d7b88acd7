import Glibc

extension TraceFormatError: CustomStringConvertible {
  /// One sentence: file, position, reason.
  public var description: String {
    let place = [file, position?.description ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
    return place.isEmpty
      ? reason.sentence + systemText : "\(place): \(reason.sentence)\(systemText)"
  }

  private var systemText: String {
    guard let errno else { return "" }
    // SAFETY: strerror returns a null-terminated string that stays valid until its next call.
    return unsafe ": \(String(cString: strerror(errno)))"
  }
}

extension TraceFormatError.Reason {
  /// The reason alone, without file and position.
  public var sentence: String {
    switch self {
    case .system(let call): "cannot \(call)"
    case .empty: "the file is empty"
    case .notATrace(let found): "not a trace in any known format; it begins with \(found)"
    case .reportWithoutLog:
      "a pmemcheck report without a log of stores (record with --log-stores=yes)"
    case .compression(let text): "damaged zstd data: \(text)"
    case .cut(let what): "the file ends inside \(what)"
    case .expected(let what, let found): "expected \(what), found \(found)"
    case .unknown(let what, let name): "no \(what) is named \(quoted(name))"
    case .repeated(let what, let name): "more than one \(what) is named \(quoted(name))"
    case .misplaced(let record): "\(record) may not stand here"
    case .outOfRange(let what, let value, let range):
      "\(what) is \(value), outside \(range.lowerBound) to \(range.upperBound)"
    case .overflow(let address, let size):
      "\(size) bytes at \(hexadecimal(address)) run past the end of the address space"
    case .outsideRegions(let address, let size):
      "\(size) bytes at \(hexadecimal(address)) are outside every declared region"
    case .notOnDisk(let address):
      "an event of a disk at \(hexadecimal(address)), where no disk is"
    case .onDisk(let address):
      "\(hexadecimal(address)) is on a disk, of which only whole sectors are written, at multiples of 64"
    case .overlap(let first, let second): "\(first) and \(second) overlap"
    case .tooLong(let limit): "a record is longer than \(limit) bytes"
    case .checksum(let what): "the checksum of \(what) does not match its bytes"
    case .sink(let text): "cannot pass the trace on: \(text)"
    }
  }
}

/// A number as "0x" and lower-case digits.
func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

/// Text between quotation marks, on one line, cut after 60 characters.
func quoted(_ text: String) -> String {
  let line = text.unicodeScalars.prefix(60).map { scalar in
    scalar.properties.generalCategory == .control
      ? "\\x" + hexadecimalPair(scalar.value) : "\(scalar)"
  }
  return "\"" + line.joined() + (text.unicodeScalars.count > 60 ? "…\"" : "\"")
}

private func hexadecimalPair(_ value: UInt32) -> String {
  (value < 16 ? "0" : "") + String(value, radix: 16)
}
