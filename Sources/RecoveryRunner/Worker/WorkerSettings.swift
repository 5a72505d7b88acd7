/// What the worker is told before the first run.
struct WorkerSettings {
  var directory = ""
  var imageSizes: [Int] = []
  var program = ""
  var arguments: [String] = []
  var environment: [String] = []
  var timeLimit: UInt64 = 0
  var memoryLimit: UInt64 = 0
  var outputBound = 0
  var forkServerLibrary: String?
  var library: LibraryChecker?
  /// Bytes of the memory in which reads are noted, 0 for none.
  var trackSize: UInt64 = 0

  /// Reads the settings of a batch that holds nothing else.
  init(_ reader: inout CommandReader) {
    while let command = reader.next() {
      switch command {
      case .text(let key, let bytes): set(key, String(decoding: bytes, as: UTF8.self))
      case .number(let key, let value): set(key, value)
      default: preconditionFailure("The first batch holds settings")
      }
    }
  }

  private mutating func set(_ key: SettingKey, _ text: String) {
    switch key {
    case .directory: directory = text
    case .program: program = text
    case .argument: arguments.append(text)
    case .environment: environment.append(text)
    case .forkServerLibrary: forkServerLibrary = text
    case .library: library = LibraryChecker(path: text, symbol: "")
    case .symbol: library?.symbol = text
    case .form: library?.form = LibraryChecker.Form(rawValue: text) ?? .path
    default: preconditionFailure("The setting is a number")
    }
  }

  private mutating func set(_ key: SettingKey, _ value: UInt64) {
    switch key {
    case .imageSize: imageSizes.append(Int(value))
    case .timeLimit: timeLimit = value
    case .memoryLimit: memoryLimit = value
    case .outputBound: outputBound = Int(value)
    case .trackSize: trackSize = value
    default: preconditionFailure("The setting is a text")
    }
  }
}

extension CommandWriter {
  /// Writes settings as commands.
  mutating func settings(
    directory: String,
    imageSizes: [Int],
    limits: RecoverySettings,
    environment: [String]
  ) {
    text(.directory, directory)
    for size in imageSizes { number(.imageSize, UInt64(size)) }
    for variable in environment { text(.environment, variable) }
    number(.timeLimit, limits.timeLimit)
    number(.memoryLimit, limits.memoryLimit ?? 0)
    number(.outputBound, UInt64(max(0, min(limits.outputBound, ResultBoard.maximumOutput))))
  }
}
