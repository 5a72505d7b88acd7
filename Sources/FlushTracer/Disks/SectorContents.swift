import PersistencyModel

/// The contents of a recording by their bytes, so that what is written to a disk is named once.
struct SectorContents {
  private var numbers: [[UInt8]: ContentID] = [:]
  private var bytes: [[UInt8]] = []
  /// Sizes of known contents in whole sectors, descending.
  private var sizes: [Int] = []

  /// Number of contents.
  var count: Int { bytes.count }

  /// Takes in the next content; the first of equal ones is referred to.
  mutating func define(_ content: Content) {
    let number = ContentID(bytes.count)
    bytes.append(content.bytes)
    guard !content.bytes.isEmpty, content.bytes.count % SectorToken.sectorSize == 0 else { return }
    if numbers[content.bytes] == nil { numbers[content.bytes] = number }
    guard !sizes.contains(content.bytes.count) else { return }
    sizes.append(content.bytes.count)
    sizes.sort(by: >)
  }

  /// The longest known content at the beginning of `written`.
  func longest(at written: ArraySlice<UInt8>) -> (number: ContentID, sectors: Int)? {
    for size in sizes where size <= written.count {
      if let number = numbers[Array(written.prefix(size))] {
        return (number, size / SectorToken.sectorSize)
      }
    }
    return nil
  }

  /// The 512 bytes of a token; `nil` for the initial content.
  func bytes(of token: SectorToken) -> ArraySlice<UInt8>? {
    guard let number = token.content else { return nil }
    let start = token.sector * SectorToken.sectorSize
    return bytes[Int(number)][start..<(start + SectorToken.sectorSize)]
  }
}
