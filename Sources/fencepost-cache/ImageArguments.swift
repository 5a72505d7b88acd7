import ArgumentParser
import PersistencyModel
import ReferenceCache

/// The arguments that say where the cache is.
struct ImageArguments: ParsableArguments {
  @Argument(help: "Images of the cache device; of several, each is one device of a stack.")
  var images: [String]

  @Option(
    help: ArgumentHelp(
      "How the images are joined, in line: linear:SIZE,SIZE or striped:CHUNK:SIZE,SIZE.",
      discussion: "The first image is the first device, and so on. Default: one after the other.",
      valueName: "spec"
    )
  )
  var devices: String?

  @Option(
    help: ArgumentHelp(
      "The same as device-mapper table lines in a file.",
      valueName: "file"
    )
  )
  var deviceTable: String?

  @Option(
    help: ArgumentHelp(
      "Bytes of a block. Default: what the superblock says.",
      valueName: "bytes"
    )
  )
  var blockSize: Int?

  @Option(
    help: ArgumentHelp("512-byte sector of the superblock.", valueName: "sector")
  )
  var startSector: UInt64 = 0

  /// Opens the images as one medium.
  func medium() throws(ToolFailure) -> OverlayMedium {
    var files: [ImageFile] = []
    for path in images { files.append(try ImageFile(path: path)) }
    guard let space = try addressSpace() else {
      return OverlayMedium(try ImageStack(joining: files))
    }
    return OverlayMedium(try ImageStack(files: files, as: space))
  }

  /// The options with which to open the cache on `medium`; blank media are not formatted.
  ///
  /// Without `--block-size` the superblock's is taken if it is possible at all; otherwise opening refuses.
  func options(for medium: inout OverlayMedium) throws(ToolFailure) -> CacheOptions {
    let options = try options(on: &medium)
    try medium.check()
    return options
  }

  /// The same on any medium.
  func options<M: Medium>(on medium: inout M) throws(ToolFailure) -> CacheOptions {
    var options = CacheOptions(blockSize: blockSize ?? 4096, startSector: startSector)
    options.blankDevice = .refuse
    let base = try refusing { () throws(CacheError) in
      try options.area(ofMedium: medium.size).base
    }
    let found = Int(Superblock(reading: &medium, at: base).blockSize)
    if blockSize == nil, [512, 1024, 2048, 4096].contains(found) { options.blockSize = found }
    return options
  }

  /// Runs `body`; what it refuses is malformed input, said with the images' names.
  func refusing<Value>(_ body: () throws(CacheError) -> Value) throws(ToolFailure) -> Value {
    do {
      return try body()
    } catch {
      throw .malformed("\(images.joined(separator: ", ")): \(error)")
    }
  }
}
