import PersistencyModel

/// Where the content of sectors comes from that are not cached.
enum OriginContent {
  /// Nowhere: such a sector is an error.
  case missing
  /// Every sector reads as zeros.
  case zeros
  /// An image of the origin.
  case file(ImageFile)

  /// What `--origin` means: `zeros`, or a file.
  ///
  /// - Throws: `ToolFailure.inputOutput`.
  init(argument: String?) throws(ToolFailure) {
    switch argument {
    case nil: self = .missing
    case "zeros": self = .zeros
    case let path?: self = .file(try ImageFile(path: path))
    }
  }

  /// The bytes of sectors of the origin.
  ///
  /// - Throws: `ToolFailure`.
  func bytes(of sectors: Range<UInt64>) throws(ToolFailure) -> [UInt8] {
    let count = sectors.count * 512
    switch self {
    case .missing:
      throw .malformed("sector \(sectors.lowerBound) is not cached and no --origin was given")
    case .zeros: return [UInt8](repeating: 0, count: count)
    case .file(let file): return try file.bytes(at: sectors.lowerBound * 512, count: count)
    }
  }

  /// Checks that the origin holds `sectors`, before anything is written.
  ///
  /// - Throws: `ToolFailure.malformed`.
  func check(_ sectors: Range<UInt64>) throws(ToolFailure) {
    guard case .file(let file) = self, sectors.upperBound > file.size / 512 else { return }
    throw .malformed(
      "\(file.path): has \(file.size / 512) sectors, sectors \(sectors.lowerBound) to "
        + "\(sectors.upperBound - 1) were asked for"
    )
  }
}
