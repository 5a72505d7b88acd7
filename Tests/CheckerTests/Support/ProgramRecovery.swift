import Checker
import PersistencyModel
import TestSupport

/// A small program as recovery that the checker sees reading.
struct ProgramRecovery: Recovery {
  let program: SmallProgram

  mutating func recover<M: Medium>(_ medium: inout M) -> [UInt64] { program.run(on: &medium) }
}

/// The same program on finished images: a plain array of bytes, fresh for every run.
struct ProgramOnImages: ImageRecovery {
  let program: SmallProgram
  var image: MemoryImage

  mutating func set(_ line: CacheLine, to content: LineBytes) throws(Never) {
    image[line] = content
  }

  mutating func run(period: Int) throws(Never) -> [UInt64] { outcome(of: image.bytes) }

  /// What the program notes on an image.
  func outcome(of bytes: [UInt8]) -> [UInt64] {
    var medium = RecordingMedium(bytes: bytes)
    return program.run(on: &medium)
  }
}
