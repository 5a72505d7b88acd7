import PersistencyModel

/// Events of disks as records, without thread and site.
///
///     SECTOR;DISK+SECTOR;CONTENT+SECTOR|-;plain|fua
///     DISKFLUSH;NUMBER
///     DISKFLUSHED;DISK;NUMBER
enum DiskRecord {
  /// The event of a record whose keyword has been taken; `nil` for another keyword.
  static func event(
    _ keyword: String,
    _ line: Span<UInt8>,
    _ fields: inout TextFields,
    _ disks: DiskNames
  ) throws(TraceFormatError) -> EventRecord.Parsed? {
    switch keyword {
    case "SECTOR": return try sectorWrite(line, &fields, disks)
    case "DISKFLUSH":
      var event = EventRecord.Parsed(kind: .diskFlush)
      event.payload = try fields.number("a request's number", line)
      return event
    case "DISKFLUSHED":
      let name = try fields.text("a disk's name", line)
      var event = EventRecord.Parsed(kind: .routedDiskFlush)
      event.address = try disks.address(ofDisk: name)
      event.size = Int(CacheLine.size)
      event.payload = try fields.number("a request's number", line)
      return event
    default: return nil
    }
  }

  /// Appends the record of an event of disks.
  static func append(_ event: Event, _ disks: DiskNames, to line: inout [UInt8]) {
    switch event.kind {
    case .diskFlush: line.append(contentsOf: "DISKFLUSH;\(event.payload)".utf8)
    case .routedDiskFlush:
      line.append(contentsOf: "DISKFLUSHED;".utf8)
      TextEscape.append(disks.sector(at: event.address)?.name ?? "?", to: &line)
      line.append(contentsOf: ";\(event.payload)".utf8)
    default: appendSectorWrite(event, disks, to: &line)
    }
  }

  private static func appendSectorWrite(
    _ event: Event,
    _ disks: DiskNames,
    to line: inout [UInt8]
  ) {
    let place = disks.sector(at: event.address)
    line.append(contentsOf: "SECTOR;".utf8)
    TextEscape.append(place?.name ?? "?", to: &line)
    line.append(contentsOf: "+\(place?.sector ?? 0);".utf8)
    let token = SectorToken(rawValue: event.payload)
    if let content = token.content, Int(content) < disks.contents.names.count {
      TextEscape.append(disks.contents.names[Int(content)], to: &line)
      line.append(contentsOf: "+\(token.sector)".utf8)
    } else {
      line.append(UInt8(ascii: "-"))
    }
    line.append(contentsOf: (event.kind == .forcedSectorWrite ? ";fua" : ";plain").utf8)
  }

  private static func sectorWrite(
    _ line: Span<UInt8>,
    _ fields: inout TextFields,
    _ disks: DiskNames
  ) throws(TraceFormatError) -> EventRecord.Parsed {
    let place = try fields.take("a disk and a sector", line)
    let (name, sector) = try numbered("DISK+SECTOR", line, place)
    let address = try disks.address(ofSector: sector, on: name)
    let token = try token(line, fields.take("a content and a sector, or -", line), disks)
    let kind: EventKind
    switch rawText(line, try fields.take("plain or fua", line)) {
    case "plain": kind = .sectorWrite
    case "fua": kind = .forcedSectorWrite
    case let other: throw TraceFormatError(.expected("plain or fua", found: quoted(other)))
    }
    return EventRecord.Parsed(kind: kind, address: address, size: 8, payload: token.rawValue)
  }

  private static func token(
    _ line: Span<UInt8>,
    _ field: Range<Int>,
    _ disks: DiskNames
  ) throws(TraceFormatError) -> SectorToken {
    if rawText(line, field) == "-" { return .initial }
    let (name, sector) = try numbered("CONTENT+SECTOR", line, field)
    guard sector <= UInt64(UInt32.max) else {
      throw TraceFormatError(.outOfRange("a content's sector", sector, 0...UInt64(UInt32.max)))
    }
    let token = SectorToken(content: try disks.contents.number(of: name), sector: Int(sector))
    try disks.contents.check(token)
    return token
  }

  /// `NAME+NUMBER`: the last `+` counts, since a name may contain one.
  private static func numbered(
    _ what: String,
    _ line: Span<UInt8>,
    _ field: Range<Int>
  ) throws(TraceFormatError) -> (name: String, number: UInt64) {
    guard let plus = field.last(where: { line[$0] == UInt8(ascii: "+") }),
      let number = TextNumber.value(line, (plus + 1)..<field.upperBound)
    else { throw TraceFormatError(.expected(what, found: quoted(rawText(line, field)))) }
    return (try TextEscape.text(line, field.lowerBound..<plus), number)
  }
}
