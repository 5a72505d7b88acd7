/// What the worker says when a batch is done; the text of an error is on the board.
struct Reply: BitwiseCopyable {
  var code: UInt32
  var errno: Int32

  /// Everything was run.
  static let done = Reply(code: 0, errno: 0)
}

extension RecoveryRunnerError {
  /// The reply that carries this error, and its text.
  var reply: (Reply, text: String) {
    let (code, text): (UInt32, String) =
      switch reason {
      case .cannotStart(let command): (1, command)
      case .libraryNotLoadable(let message): (2, message)
      case .symbolMissing(let message): (3, message)
      case .systemCall(let name): (4, name)
      default: (4, "the recovery worker")
      }
    return (Reply(code: code, errno: errno), text)
  }

  /// The error that a reply carries.
  init(_ reply: Reply, text: String) {
    let reason: Reason =
      switch reply.code {
      case 1: .cannotStart(command: text)
      case 2: .libraryNotLoadable(message: text)
      case 3: .symbolMissing(message: text)
      default: .systemCall(text)
      }
    self.init(reason, errno: reply.errno)
  }
}
