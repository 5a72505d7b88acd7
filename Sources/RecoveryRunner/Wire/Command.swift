/// What the runner tells its worker, in order; a batch is a sequence of these.
enum Command {
  /// Replace a line of an image, from a byte offset.
  case patch(image: Int, offset: Int, words: SIMD8<UInt64>)
  /// Forget all marks but the first so many.
  case keepMarks(Int)
  /// Another mark was passed.
  case appendMark([UInt8])
  /// Run the checker on the images as they are now.
  case run
  /// A setting that is a text.
  case text(SettingKey, [UInt8])
  /// A setting that is a number.
  case number(SettingKey, UInt64)
}

/// Settings, sent once before the first run.
enum SettingKey: UInt32 {
  case directory, imageSize, argument, environment, program, timeLimit, memoryLimit, outputBound
  case forkServerLibrary, library, symbol, form, trackSize
}

/// Numbers of the commands in their encoded form.
private enum Code: UInt8 { case patch = 1, keepMarks, appendMark, run, text, number }

/// Encodes commands into shared memory.
///
/// Form: 8 bytes of code (1), key or image (3) and payload length (4), 8 bytes of value, the payload padded
/// to a multiple of 8.
struct CommandWriter {
  let memory: SharedMemory
  private(set) var position = 0

  init(_ memory: SharedMemory) { self.memory = memory }

  /// Bytes that a command with this much payload takes.
  static func size(payload: Int) -> Int { 16 + (payload + 7) & ~7 }

  /// Whether a command with this much payload still fits.
  func fits(payload: Int) -> Bool { position + Self.size(payload: payload) <= memory.size }

  mutating func clear() { position = 0 }

  mutating func patch(image: Int, offset: Int, words: SIMD8<UInt64>) {
    memory.store(words, at: position + 16)
    header(.patch, key: UInt32(image), payload: 64, value: UInt64(offset))
  }

  mutating func keepMarks(_ count: Int) {
    header(.keepMarks, key: 0, payload: 0, value: UInt64(count))
  }

  mutating func appendMark(_ text: [UInt8]) { bytes(.appendMark, key: 0, text) }

  mutating func run() { header(.run, key: 0, payload: 0, value: 0) }

  mutating func text(_ key: SettingKey, _ text: String) {
    bytes(.text, key: key.rawValue, Array(text.utf8))
  }

  mutating func number(_ key: SettingKey, _ value: UInt64) {
    header(.number, key: key.rawValue, payload: 0, value: value)
  }

  private mutating func bytes(_ code: Code, key: UInt32, _ bytes: [UInt8]) {
    memory.copyIn(bytes, at: position + 16)
    header(code, key: key, payload: bytes.count, value: 0)
  }

  private mutating func header(_ code: Code, key: UInt32, payload: Int, value: UInt64) {
    let word = UInt64(code.rawValue) | UInt64(key) << 8 | UInt64(payload) << 32
    memory.store(word, at: position)
    memory.store(value, at: position + 8)
    position += Self.size(payload: payload)
  }
}

/// Decodes commands from shared memory.
struct CommandReader {
  let memory: SharedMemory
  var position: Int
  let end: Int

  init(_ memory: SharedMemory, position: Int = 0, end: Int) {
    self.memory = memory
    self.position = position
    self.end = end
  }

  var isAtEnd: Bool { position >= end }

  /// The next command; `nil` at the end.
  mutating func next() -> Command? {
    if isAtEnd { return nil }
    let word = memory.load(UInt64.self, at: position)
    let value = memory.load(UInt64.self, at: position + 8)
    let payload = position + 16
    let length = Int(word >> 32)
    position += CommandWriter.size(payload: length)
    let key = UInt32(truncatingIfNeeded: word >> 8) & 0xff_ffff
    switch Code(rawValue: UInt8(truncatingIfNeeded: word)) {
    case .patch:
      return .patch(image: Int(key), offset: Int(value), words: memory.load(at: payload))
    case .keepMarks: return .keepMarks(Int(value))
    case .appendMark: return .appendMark(memory.bytes(payload..<(payload + length)))
    case .run: return .run
    case .text: return .text(settingKey(key), memory.bytes(payload..<(payload + length)))
    case .number: return .number(settingKey(key), value)
    case nil: preconditionFailure("A command has a known code")
    }
  }

  private func settingKey(_ raw: UInt32) -> SettingKey {
    guard let key = SettingKey(rawValue: raw) else {
      preconditionFailure("A setting has a known key")
    }
    return key
  }
}
