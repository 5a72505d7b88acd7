import Foundation

/// The end of a stream that its recorder had collected and not yet written behind the rest.
///
/// The form is described in recorder/valgrind/STREAM.md.
struct RecordingTail {
  /// Byte of the stream with which the tail begins; what the file of events has from there on is not valid.
  let begin: Int
  let bytes: [UInt8]

  private static let header = 64

  /// Reads the tail; `nil` where the recorder keeps none, or has written all of it.
  ///
  /// - Throws: where there is one that cannot be read.
  init?(path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ToolFailure.inputOutput("\(path): cannot be read")
    }
    let all = [UInt8](data)
    guard all.count > Self.header else {
      // Killed before it was as large as it was to be: nothing was recorded yet.
      return nil
    }
    let begin = all[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let begin = Int(exactly: begin) else {
      throw ToolFailure.malformed("\(path): byte 0: no byte of a stream begins with that number")
    }
    guard all[Self.header] != 0 else { return nil }
    self.begin = begin
    bytes = Array(all[Self.header...])
  }
}
