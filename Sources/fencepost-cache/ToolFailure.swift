/// A failure with its sentence and exit status.
enum ToolFailure: Error, CustomStringConvertible {
  /// The arguments make no sense together (64).
  case usage(String)
  /// An input is not what it should be (65).
  case malformed(String)
  /// A content is not the expected one (1).
  case violated(String)
  /// A file or device cannot be read or written (74).
  case inputOutput(String)

  var description: String {
    switch self {
    case .usage(let text), .malformed(let text), .violated(let text), .inputOutput(let text): text
    }
  }

  /// The status the process ends with.
  var exitCode: Int32 {
    switch self {
    case .usage: 64
    case .malformed: 65
    case .violated: 1
    case .inputOutput: 74
    }
  }
}

extension ToolFailure {
  /// The same failure with more to say.
  func adding(_ text: String) -> ToolFailure {
    switch self {
    case .usage(let sentence): .usage("\(sentence); \(text)")
    case .malformed(let sentence): .malformed("\(sentence); \(text)")
    case .violated(let sentence): .violated("\(sentence); \(text)")
    case .inputOutput(let sentence): .inputOutput("\(sentence); \(text)")
    }
  }
}
