import PersistencyModel

/// What the disks must hold if nothing escaped the recorder: their initial bytes and every event so far.
///
/// Built from the encoded chunks, so that it checks the encoding as well.
struct DiskShadow {
  /// The disks.
  let disks: DiskStack
  /// Address of the origin's first sector in the trace.
  let base: UInt64
  /// The origin's bytes when recording began.
  let initial: [UInt8]
  private var tokens: [UInt64: SectorToken] = [:]

  /// A shadow of what the disks hold now.
  ///
  /// - Throws: `TracerError` if they cannot be read.
  init(of disks: DiskStack, base: UInt64) throws(TracerError) {
    self.disks = disks
    self.base = base
    initial = try disks.bytes(of: 0..<disks.sectorCount)
  }

  /// Applies the sector writes of a chunk.
  mutating func apply(_ chunk: RawSpan) {
    var decoder = EventDecoder()
    do {
      while let record = try decoder.next(in: chunk) {
        guard record.event.kind.isSectorWrite else { continue }
        let sector = (record.event.address - base) / CacheLine.size
        tokens[sector] = SectorToken(rawValue: record.event.payload)
      }
    } catch { preconditionFailure("The recorder reads what it has written: \(error)") }
  }

  /// The first difference to what the disks hold now; `nil` for none.
  ///
  /// - Throws: `TracerError` if they cannot be read.
  func mismatch(_ contents: SectorContents) throws(TracerError) -> SectorMismatch? {
    let size = SectorToken.sectorSize
    let found = try disks.bytes(of: 0..<disks.sectorCount)
    var first: UInt64?
    var count = 0
    for sector in 0..<disks.sectorCount {
      let range = (Int(sector) * size)..<(Int(sector) * size + size)
      let written = tokens[sector].flatMap { contents.bytes(of: $0) }
      guard !(written ?? initial[range]).elementsEqual(found[range]) else { continue }
      first = first ?? sector
      count += 1
    }
    guard let first else { return nil }
    let (device, byte) = disks.place(of: first)
    return SectorMismatch(
      sector: first,
      device: disks.space.devices[device].name,
      byte: byte,
      count: count
    )
  }
}

/// Where a disk first differs from what the recording says.
public struct SectorMismatch: Hashable, Sendable, CustomStringConvertible {
  /// The first sector of the origin that differs.
  public var sector: UInt64
  /// The disk that holds it, by name.
  public var device: String
  /// Its first byte on that disk.
  public var byte: UInt64
  /// How many sectors differ in all.
  public var count: Int

  /// One sentence: the place and the number of sectors that differ.
  public var description: String {
    "initial content and events do not give origin sector \(sector) (byte \(byte) of disk "
      + "\(device)); \(count) sectors differ: something wrote past the recorder"
  }
}
