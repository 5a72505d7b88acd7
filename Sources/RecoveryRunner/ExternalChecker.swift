/// A checker that is not ours.
public enum ExternalChecker: Hashable, Sendable {
  /// A program, started once for each run.
  case command(CommandChecker)
  /// A function of a shared library, called in a worker process.
  case library(LibraryChecker)
}

/// A program that checks crash images: exit status 0 means consistent.
///
/// Nothing passes through a shell. In each argument `{}` stands for the path of the image and `{NAME}` for
/// that of the image with this name; if none of these occurs in any argument, the paths of all images are
/// appended. The environment is that of the caller, plus the marks passed at the crash point:
/// `FENCEPOST_MARKS`, one a line (a newline inside a mark is written `\n`), and `PMREORDER_MARKERS`, those
/// that end in `.BEGIN` or `.END` joined with `|`. Where they do not fit an environment (128 KiB each) there is
/// `FENCEPOST_MARKS_FILE` instead of both, naming a file with the content of `FENCEPOST_MARKS`. Standard input
/// is empty.
public struct CommandChecker: Hashable, Sendable {
  /// The program, looked up in `PATH` unless it has a slash, and its arguments.
  public var command: [String]
  /// Whether to fork each run from a copy of the program that has been loaded once.
  ///
  /// Same outcomes, less time; a program that cannot be run so is spawned.
  public var usesForkServer: Bool

  /// A command with at least the program's name.
  public init(_ command: [String], usesForkServer: Bool = true) {
    precondition(!command.isEmpty, "A command has at least a program")
    self.command = command
    self.usesForkServer = usesForkServer
  }
}

/// A function in a shared library that checks crash images: 0 means consistent.
///
/// The marks passed are in the environment as for a command.
public struct LibraryChecker: Hashable, Sendable {
  /// How the function is called.
  public enum Form: String, Hashable, Sendable, CaseIterable {
    /// `int f(const char *path)`, with the path of the first image.
    case path
    /// `int g(const void *image, size_t size)`; the memory can only be read.
    case pointer
  }

  /// Path of the library.
  public var path: String
  /// Name of the function.
  public var symbol: String
  /// How it is called.
  public var form: Form

  /// A library checker.
  public init(path: String, symbol: String, form: Form = .path) {
    self.path = path
    self.symbol = symbol
    self.form = form
  }

  /// The library checker named by `FILE.so:SYMBOL`, `FILE.so:SYMBOL:path` or `FILE.so:SYMBOL:pointer`.
  ///
  /// Throws `malformedLibraryArgument`. A file name may contain colons: the argument is read from its end.
  public init(parsing argument: String) throws(RecoveryRunnerError) {
    var parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    var form = Form.path
    if parts.count > 2, let named = parts.last.flatMap({ Form(rawValue: String($0)) }) {
      form = named
      parts.removeLast()
    }
    let symbol = parts.popLast() ?? ""
    let path = parts.joined(separator: ":")
    guard !symbol.isEmpty, !path.isEmpty else {
      throw RecoveryRunnerError(.malformedLibraryArgument(argument))
    }
    self.init(path: path, symbol: String(symbol), form: form)
  }
}
