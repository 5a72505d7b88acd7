import PersistencyModel

extension RecorderCore {
  /// Writes whole sectors for real, and records each.
  mutating func writeSectors(
    _ written: RawSpan,
    at sector: UInt64,
    isForced: Bool,
    by caller: Caller
  ) throws(TracerError) {
    let size = SectorToken.sectorSize
    let shadow = requireDisks()
    precondition(
      written.byteCount > 0 && written.byteCount % size == 0,
      "A write is of whole sectors"
    )
    let count = written.byteCount / size
    precondition(
      sector <= shadow.disks.sectorCount && UInt64(count) <= shadow.disks.sectorCount - sector,
      "The sectors are on the origin"
    )
    let bytes = (0..<written.byteCount).map { written.byte(at: $0) }
    // SAFETY: the frame of the caller lives as long as the call.
    let site = unsafe book.number(of: caller)
    for index in 0..<count {
      let (device, byte) = shadow.disks.place(of: sector + UInt64(index))
      let part = Array(bytes[(index * size)..<(index * size + size)])
      try shadow.disks.storages[device].write(part, at: byte)
    }
    let first = Int(shadow.base + sector * CacheLine.size)
    let tokens = intern(bytes)
    // Until a forced write of several sectors is complete, any of them may be there without the others.
    if !isForced || count > 1 { recordSectors(.sectorWrite, tokens, at: first, site: site) }
    guard isForced else { return }
    try flushStorages(of: sector..<(sector + UInt64(count)), shadow.disks)
    recordSectors(.forcedSectorWrite, tokens, at: first, site: site)
  }

  private mutating func recordSectors(
    _ kind: EventKind,
    _ tokens: [SectorToken],
    at first: Int,
    site: SiteID
  ) {
    for (index, token) in tokens.enumerated() {
      recordStore(
        kind,
        token.rawValue,
        size: 8,
        at: first + index * Int(CacheLine.size),
        site: site
      )
    }
  }

  /// Records a flush request for the disks, and executes and records what the router makes of it.
  mutating func flushDisks(by caller: Caller) throws(TracerError) {
    let shadow = requireDisks()
    // SAFETY: the frame of the caller lives as long as the call.
    let site = unsafe book.number(of: caller)
    let number = nextRequest()
    record(Event(.diskFlush, payload: number, thread: thread, site: site))
    for device in router.disks(in: space) {
      guard let address = space.firstAddress(ofDevice: device) else { continue }
      try shadow.disks.storages[device - stack.space.devices.count].flush()
      record(
        Event(
          .routedDiskFlush,
          address: address,
          size: Int(CacheLine.size),
          payload: number,
          thread: thread,
          site: site
        )
      )
    }
  }

  /// A copy of the bytes of sectors of the origin.
  func readSectors(_ sectors: Range<UInt64>) throws(TracerError) -> [UInt8] {
    try requireDisks().disks.bytes(of: sectors)
  }

  private func requireDisks() -> DiskShadow {
    guard let shadow = output.disks else {
      preconditionFailure("The recorder was given an origin")
    }
    return shadow
  }

  /// The token of each sector of `bytes`: of the longest known content there, else of a new one.
  private mutating func intern(_ bytes: [UInt8]) -> [SectorToken] {
    let size = SectorToken.sectorSize
    var tokens: [SectorToken] = []
    while tokens.count * size < bytes.count {
      let rest = bytes[(tokens.count * size)...]
      guard let (number, sectors) = output.contents.longest(at: rest) else {
        let name = "disk.\(output.contents.count)"
        let number = define(Content(name: name, bytes: Array(rest.prefix(size))))
        tokens.append(SectorToken(content: number))
        continue
      }
      for sector in 0..<sectors { tokens.append(SectorToken(content: number, sector: sector)) }
    }
    return tokens
  }

  /// A forced write is durable when it returns: on a file too.
  private func flushStorages(of sectors: Range<UInt64>, _ disks: DiskStack) throws(TracerError) {
    for device in Set(sectors.map { disks.place(of: $0).device }).sorted() {
      try disks.storages[device].flush()
    }
  }
}
