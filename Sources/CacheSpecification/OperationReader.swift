internal import PersistencyModel

/// Checks operations against block size, origin and contents, and cuts writes into blocks.
struct OperationReader {
  let contents: [Content]
  let blockSize: Int
  let origin: OriginImage
  let underneath: OriginImage

  /// 512-byte sectors of a block.
  var blockSectors: UInt64 { UInt64(blockSize / 512) }

  /// A reader; throws if block size or origin are none.
  init(
    contents: [Content],
    blockSize: Int,
    origin: OriginImage,
    underneath: OriginImage
  ) throws(CacheHistoryError) {
    guard blockSize >= 512, blockSize & (blockSize - 1) == 0 else {
      throw CacheHistoryError(.blockSize(blockSize))
    }
    if let length = origin.length, length % 512 != 0 {
      throw CacheHistoryError(.originLength(length))
    }
    self.contents = contents
    self.blockSize = blockSize
    self.origin = origin
    self.underneath = underneath
  }

  /// Why an operation cannot be one of this device; `nil` if it can.
  func fault(of operation: Operation) -> CacheHistoryError.Reason? {
    switch operation.kind {
    case .write:
      return faultOfRange(operation.sectors) ?? faultOfAlignment(operation.sectors)
        ?? faultOfContents(operation)
    case .discard:
      if !operation.contents.isEmpty { return .unexpectedContents }
      return faultOfRange(operation.sectors)
    default:
      return operation.contents.isEmpty ? nil : .unexpectedContents
    }
  }

  /// The bytes and the name of each block of a write without fault, in ascending order.
  func blocks(of write: Operation) -> [(sector: UInt64, bytes: ArraySlice<UInt8>, name: String)] {
    let bytes = write.contents.flatMap { contents[Int($0)].bytes }
    let size = contents[Int(write.contents[0])].bytes.count
    return stride(from: 0, to: bytes.count, by: blockSize).map { offset in
      let name = contents[Int(write.contents[offset / size])].name
      return (
        sector: write.sectors.lowerBound + UInt64(offset / 512),
        bytes: bytes[offset..<(offset + blockSize)],
        name: size == blockSize ? name : "\(name)[\(offset % size)...]"
      )
    }
  }

  private func faultOfRange(_ sectors: Range<UInt64>) -> CacheHistoryError.Reason? {
    if sectors.isEmpty { return .noSectors }
    let length = origin.length ?? .max
    return sectors.upperBound > length / 512
      ? .outsideOrigin(sectors: sectors, originLength: length) : nil
  }

  private func faultOfAlignment(_ sectors: Range<UInt64>) -> CacheHistoryError.Reason? {
    let whole = sectors.lowerBound % blockSectors == 0 && sectors.upperBound % blockSectors == 0
    return whole ? nil : .partialBlock(sectors: sectors)
  }

  private func faultOfContents(_ write: Operation) -> CacheHistoryError.Reason? {
    var sizes: [Int] = []
    for content in write.contents {
      guard Int(content) < contents.count else { return .undefinedContent(content) }
      let size = contents[Int(content)].bytes.count
      guard size > 0, size % 512 == 0 else { return .contentSize(content, bytes: size) }
      if let others = sizes.first, others != size {
        return .unequalContents(content, bytes: size, others: others)
      }
      sizes.append(size)
    }
    let bytes = sizes.reduce(0, +)
    return UInt64(bytes) == UInt64(write.sectors.count) * 512
      ? nil : .contentsDoNotFill(sectors: write.sectors, bytes: bytes)
  }
}
