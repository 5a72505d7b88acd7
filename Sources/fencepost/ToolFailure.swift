import ArgumentParser
import TraceFormat

/// A failure with its sentence and exit status.
enum ToolFailure: Error, CustomStringConvertible {
  /// The arguments make no sense together (64).
  case usage(String)
  /// An input is not what it should be (65).
  case malformed(String)
  /// A file or device cannot be read or written (74).
  case inputOutput(String)
  /// The tool itself is wrong (70).
  case internalError(String)

  var description: String {
    switch self {
    case .usage(let text), .malformed(let text), .inputOutput(let text): text
    case .internalError(let text): "internal error in fencepost: \(text)"
    }
  }

  /// The status the process ends with.
  var exitCode: Int32 {
    switch self {
    case .usage: 64
    case .malformed: 65
    case .internalError: 70
    case .inputOutput: 74
    }
  }

  /// Runs what reads or writes traces and images, and turns its errors into failures.
  static func translating<Result>(
    _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch let error as TraceFormatError {
      throw error.exitStatus == 74
        ? ToolFailure.inputOutput(error.description) : ToolFailure.malformed(error.description)
    }
  }
}
