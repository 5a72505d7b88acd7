import Foundation

/// What a file held before it was recorded, beside the trace.
enum InitialImage {
  /// Gives an image of a recording a second name, or copies it to another file system; the recording keeps it.
  ///
  /// - Throws: where the name or the room cannot be had.
  static func keep(_ image: String, as target: String) throws {
    // SAFETY: the string outlives the call.
    unsafe unlink(target)
    // SAFETY: both strings outlive the call.
    if unsafe link(image, target) == 0 { return }
    do { try copy(image, to: target) } catch {
      // SAFETY: the string outlives the call.
      unsafe unlink(target)
      throw ToolFailure.inputOutput("\(target): cannot be written: \(error)")
    }
  }

  /// Holes stay holes.
  private static func copy(_ image: String, to target: String) throws {
    guard FileManager.default.createFile(atPath: target, contents: nil),
      let output = FileHandle(forWritingAtPath: target)
    else { throw CopyFailure.notCreated }
    let size = try FileHandle(forReadingFrom: URL(fileURLWithPath: image)).seekToEnd()
    try output.truncate(atOffset: size)
    try ReplayMemory.forEachDataBlock(of: image, limit: size) { offset, bytes in
      try output.seek(toOffset: UInt64(offset))
      try output.write(contentsOf: bytes)
    }
    try output.close()
  }

  private enum CopyFailure: Error, CustomStringConvertible {
    case notCreated
    var description: String { "it cannot be created" }
  }
}
