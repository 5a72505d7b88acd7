/// A place in the decompressed bytes of a file.
public enum TracePosition: Hashable, Sendable {
  /// A line, counted from 1.
  case line(Int)
  /// A byte, counted from 0.
  case byte(UInt64)

  /// Such as "line 3" or "byte 17".
  public var description: String {
    switch self {
    case .line(let number): "line \(number)"
    case .byte(let offset): "byte \(offset)"
    }
  }
}

/// Why a trace could not be read or written, and where.
public struct TraceFormatError: Error, Hashable, Sendable {
  /// What is wrong, with the data that shows it.
  public enum Reason: Hashable, Sendable {
    /// A system call failed; what was tried, such as "read".
    case system(String)
    /// There is not one byte.
    case empty
    /// No known format; how the file begins.
    case notATrace(found: String)
    /// pmemcheck's report at exit, without the log of `--log-stores=yes`.
    case reportWithoutLog
    /// The zstd library's words.
    case compression(String)
    /// The bytes end inside something.
    case cut(String)
    /// Something else stands where this is expected.
    case expected(String, found: String)
    /// A name that means nothing here: what kind of name, and the name.
    case unknown(String, String)
    /// A name defined or matched more than once: what kind of name, and the name.
    case repeated(String, String)
    /// A record that may not stand here.
    case misplaced(String)
    /// A number outside its limits.
    case outOfRange(String, UInt64, ClosedRange<UInt64>)
    /// A range that runs past the end of the address space.
    case overflow(address: UInt64, size: UInt64)
    /// Bytes that no declared region holds.
    case outsideRegions(address: UInt64, size: UInt64)
    /// An event of a disk at an address that is no sector's.
    case notOnDisk(address: UInt64)
    /// Memory at the address of a disk, or a sector's event beside the beginning of its line.
    case onDisk(address: UInt64)
    /// Two regions, as text, that share bytes.
    case overlap(String, String)
    /// A record longer than this many bytes.
    case tooLong(limit: Int)
    /// A part of the file whose checksum does not match.
    case checksum(String)
    /// The receiver of the trace failed.
    case sink(String)
  }

  /// The file as named on the command line; empty where none is known yet.
  public var file: String
  /// Where in it.
  public var position: TracePosition?
  /// What is wrong.
  public var reason: Reason
  /// The system's error number, where a call failed.
  public var errno: CInt?

  /// An error.
  public init(
    _ reason: Reason,
    file: String = "",
    position: TracePosition? = nil,
    errno: CInt? = nil
  ) {
    self.reason = reason
    self.file = file
    self.position = position
    self.errno = errno
  }

  /// 74 where the system failed, 65 where the input is malformed.
  public var exitStatus: Int32 {
    if case .system = reason { 74 } else { 65 }
  }

  /// This error with file and position, unless it has its own.
  func located(in file: String, at position: TracePosition?) -> TraceFormatError {
    guard self.file.isEmpty else { return self }
    var copy = self
    copy.file = file
    copy.position = self.position ?? position
    return copy
  }
}
