extension CacheError: CustomStringConvertible {
  /// A sentence with the reason and, where there is one, the byte of the medium.
  public var description: String {
    let place = position.map { " (byte \($0) of the cache device)" } ?? ""
    return sentence + place
  }

  private var sentence: String {
    switch reason {
    case .refused(let refusal): refusal.description
    case .cannotFormat(let fault): fault.description
    case .option(let fault): fault.description
    case .request(let fault): fault.description
    case .suspended: "the cache is suspended"
    case .errorState(let entries): "the cache is in its error state: \(entries)"
    case .writeBackFailed(let fault):
      "the cache is in its error state: write-back failed because \(fault)"
    case .cacheFull(let needed, let free):
      "the cache is full: the request needs \(needed) blocks and \(free) are free"
    case .origin(let fault): fault.description
    }
  }
}

extension Refusal: CustomStringConvertible {
  /// A clause that names the field and what it holds.
  public var description: String {
    switch self {
    case .unsupportedBlockSize(let size):
      "block size \(size) is no power of two from 512 to 4096"
    case .mediumSmallerThanPage(let size):
      "the cache device has \(size) bytes, less than one page of 4096"
    case .startSectorBeyondEnd(let sector, let sectors):
      "start sector \(sector) is not inside the cache device of \(sectors) sectors"
    case .blank: "magic and version are 0: the cache device was never formatted"
    case .magic(let magic):
      "invalid magic \(hexadecimal(magic)), expected \(hexadecimal(Superblock.magic))"
    case .version(let version): "invalid version \(version), expected \(Superblock.version)"
    case .blockSize(let found, let expected):
      "block_size is \(found) in the superblock and \(expected) was asked for"
    case .blockCountOverflows(let count):
      "n_blocks \(count) overflows the size calculation"
    case .blockCountUnsupported(let count):
      "n_blocks \(count) is more than 2147483646, the most that is kept in memory"
    case .counterTooLarge(let counter):
      "seq_count \(counter) is 2^63 or more, which no run of commits reaches"
    case .blockCountTooLarge(let count, let needed, let available):
      "n_blocks \(count) needs \(needed) bytes and the cache device has \(available)"
    }
  }
}

extension FormatFault: CustomStringConvertible {
  /// A clause that says what stands in the way.
  public var description: String {
    switch self {
    case .notBlank(let magic, let version):
      "magic \(hexadecimal(magic)) and version \(version) are not both 0: "
        + "zero the first sector to format again"
    case .noRoom(let bytes): "no block fits into \(bytes) bytes"
    case .tooManyBlocks(let count): "\(count) blocks are more than 47 bits can count"
    }
  }
}

extension RequestFault: CustomStringConvertible {
  /// A clause with the numbers of the request.
  public var description: String {
    switch self {
    case .empty: "the request has no bytes"
    case .misaligned(let sector, let bytes, let blockSize):
      "sector \(sector) with \(bytes) bytes is not aligned to blocks of \(blockSize) bytes"
    case .outOfBounds(let sector, let sectors, let originSectors):
      "\(sectors) sectors from sector \(sector) reach beyond the origin of \(originSectors) sectors"
    case .misalignedDiscard(let sectors, let blockSize):
      "discard of sectors \(sectors.lowerBound) to \(sectors.upperBound) is not of whole blocks of "
        + "\(blockSize) bytes"
    case .unknownMessage(let name): "there is no message '\(name)'"
    }
  }
}

extension OriginFault: CustomStringConvertible {
  /// A clause with the sector.
  public var description: String {
    switch self {
    case .failed(let sector, let errno): "the origin failed at sector \(sector) (errno \(errno))"
    case .missing(let sector): "sector \(sector) is not cached and there is no origin"
    }
  }
}

extension IdenticalEntries: CustomStringConvertible {
  /// A clause with both entries.
  public var description: String {
    "entries \(first) and \(second) are identical (sector \(sector), seq \(sequence))"
  }
}

private func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
}
