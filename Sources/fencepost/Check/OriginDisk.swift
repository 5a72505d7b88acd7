import CacheSpecification
import PersistencyModel

/// The disk under a cache as crash states of a trace have it: by the tokens of its sectors.
struct OriginDisk {
  /// Where its first sector's line is, counted from the first byte of memory.
  let offset: Int
  /// Bytes of persistent memory before it.
  var memorySize: Int { offset }
  /// First sectors of the blocks of which the trace writes a sector, ascending.
  let writtenBlocks: [UInt64]
  /// Its 512-byte sectors.
  let sectorCount: UInt64
  private let trace: Trace
  private let initial: OriginImage
  private let sectorsPerBlock: UInt64

  /// The disks of a trace, which follow its persistent memory; `nil` where it has none.
  init?(of trace: Trace, initial: OriginImage, blockSize: Int) {
    guard let space = trace.header.addressSpace, let first = space.disks.first,
      let address = space.firstAddress(ofDevice: first)
    else { return nil }
    let base = space.segments.first?.begin ?? 0
    let sectors = UInt64(blockSize / SectorToken.sectorSize)
    offset = Int(address - base)
    sectorCount = (space.end - address) / CacheLine.size
    self.trace = trace
    self.initial = initial
    sectorsPerBlock = sectors
    let written = trace.events.lazy.filter(\.kind.isSectorWrite).map {
      ($0.address - address) / CacheLine.size / sectors * sectors
    }
    writtenBlocks = Set(written).sorted()
  }

  /// Whether a request reaches the block at `sector`: it is aligned and on the disk.
  func holds(blockAt sector: UInt64) -> Bool {
    sector % sectorsPerBlock == 0 && sector < sectorCount
      && sectorsPerBlock <= sectorCount - sector
  }

  /// The bytes of the block at `sector` that a crash state leaves; the disk holds the block.
  func block<M: Medium>(at sector: UInt64, on medium: inout M) -> [UInt8] {
    (sector..<(sector + sectorsPerBlock)).flatMap { sector in
      let place = offset + Int(sector) * Int(CacheLine.size)
      let token = SectorToken(
        rawValue: place + 8 <= medium.size ? medium.load64(at: place) : 0
      )
      return trace.bytes(of: token) ?? initial.sector(sector)
    }
  }

  /// Every byte of the disk in a crash state.
  func bytes<M: Medium>(on medium: inout M) -> [UInt8] {
    let sectors = UInt64((medium.size - offset) / Int(CacheLine.size))
    return stride(
      from: 0,
      to: sectors / sectorsPerBlock * sectorsPerBlock,
      by: Int(sectorsPerBlock)
    )
    .flatMap { block(at: $0, on: &medium) }
  }
}
