import ArgumentParser
import ReferenceCache
import SystemPackage

/// `fencepost-cache write`.
struct WriteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "write",
    abstract: "Write bytes at a sector.",
    discussion: """
      The bytes, a multiple of 512, come from --input or standard input; all of them are read, and their \
      place is checked, before anything is written. Where they begin or end inside a block, the rest of that \
      block is read first. The command ends with a commit: what it wrote is durable when it returns. With \
      --abandon it ends as a killed process does, and the next open may discard what was not committed.

      Examples:
        head -c 4096 /dev/urandom | fencepost-cache write cache.pmem --origin disk.img --sector 8
        fencepost-cache write cache.pmem --origin disk.img --sector 0 --input block.bin --fua
      """
  )

  @OptionGroup var running: RunningArguments

  @Option(help: ArgumentHelp("First 512-byte sector.", valueName: "number"))
  var sector: UInt64

  @Option(help: ArgumentHelp("File with the bytes. Default: standard input.", valueName: "file"))
  var input: String?

  @Flag(help: "Every request is forced: durable, with all before it, when it completes.")
  var fua = false

  @Flag(help: "End without a commit, as a killed process does.")
  var abandon = false

  func run() throws {
    let bytes = try InputBytes.read(input)
    guard !bytes.isEmpty, bytes.count % 512 == 0 else {
      throw ToolFailure.usage(
        "\(InputBytes.name(input)): \(bytes.count) bytes are no whole number of 512-byte sectors"
      )
    }
    var cache = try running.open()
    var writer = SectorWriter(isForced: fua)
    do throws(CacheError) {
      try writer.write(bytes, at: sector, to: &cache)
    } catch {
      let failure = ToolFailure(error, subject: running.subject)
      let done = writer.bytesWritten
      throw done == 0 ? failure : failure.adding("\(done) of \(bytes.count) bytes were written")
    }
    try running.end(cache, isAbandoned: abandon)
  }
}

/// Bytes to be written.
enum InputBytes {
  /// What a sentence calls them.
  static func name(_ path: String?) -> String { path ?? "standard input" }

  /// All bytes of a file, or of standard input.
  ///
  /// - Throws: `ToolFailure.inputOutput`.
  static func read(_ path: String?) throws(ToolFailure) -> [UInt8] {
    do {
      guard let path else { return try all(of: .standardInput) }
      let file = try FileDescriptor.open(FilePath(path), .readOnly)
      return try file.closeAfter { try all(of: file) }
    } catch {
      throw .inputOutput("\(name(path)): \(error)")
    }
  }

  private static func all(of file: FileDescriptor) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      // SAFETY: the buffer is the array's own for the time of the call.
      let count = try unsafe part.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
      if count == 0 { return bytes }
      bytes += part[..<count]
    }
  }
}
