/// What a sector of a disk holds, as the 8-byte value that the model keeps of it.
///
/// 0 is the sector's initial content. Otherwise the low half is the number of a content of the trace plus
/// one, the high half the 512-byte sector inside that content.
public struct SectorToken: Hashable, Sendable {
  /// Bytes of a sector.
  public static let sectorSize = 512

  /// The token of a sector that was not written.
  public static let initial = SectorToken(rawValue: 0)

  /// The value that a trace stores.
  public let rawValue: UInt64

  /// The token that a trace stores as `rawValue`.
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The token of a sector of a content; `sector` is below 2^32.
  public init(content: ContentID, sector: Int = 0) {
    precondition(sector >= 0 && sector <= Int(UInt32.max), "A content has below 2^32 sectors")
    precondition(content < ContentID.max, "A content's number plus one fits 32 bits")
    rawValue = UInt64(content) + 1 | UInt64(sector) << 32
  }

  /// The token kept in a line.
  public init(_ line: LineBytes) { rawValue = line.words[0] }

  /// The content's number; `nil` for the initial content.
  public var content: ContentID? {
    let number = UInt32(truncatingIfNeeded: rawValue)
    return number == 0 ? nil : number - 1
  }

  /// The sector inside the content.
  public var sector: Int { Int(rawValue >> 32) }
}

extension Trace {
  /// The 512 bytes that a token stands for; `nil` for the initial content, which no trace holds, and where
  /// the trace has no such content.
  public func bytes(of token: SectorToken) -> [UInt8]? {
    guard let number = token.content, Int(number) < contents.count else { return nil }
    let bytes = contents[Int(number)].bytes
    let start = token.sector * SectorToken.sectorSize
    guard start <= bytes.count - SectorToken.sectorSize else { return nil }
    return Array(bytes[start..<(start + SectorToken.sectorSize)])
  }

  /// Adds a write of the sector whose line is at `address`, a multiple of 64.
  public mutating func appendSectorWrite(
    _ token: SectorToken,
    address: UInt64,
    isForced: Bool = false,
    thread: ThreadID = 0,
    site: SiteID = 0
  ) {
    precondition(address % CacheLine.size == 0, "A sector is one line of addresses")
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: token.rawValue >> UInt64($0 * 8)) }
    appendStore(
      isForced ? .forcedSectorWrite : .sectorWrite,
      address: address,
      bytes: bytes,
      thread: thread,
      site: site
    )
  }
}
