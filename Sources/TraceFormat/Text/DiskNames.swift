import PersistencyModel

/// What records of disks refer to by name: devices and contents.
struct DiskNames {
  /// Devices, where the trace describes any.
  var space: AddressSpace?
  /// Contents so far.
  var contents = ContentTable()

  /// The address of a sector of a named disk.
  func address(ofSector sector: UInt64, on name: String) throws(TraceFormatError) -> UInt64 {
    guard let space, let device = space.disks.first(where: { space.devices[$0].name == name })
    else { throw TraceFormatError(.unknown("disk", name)) }
    guard let address = space.address(of: DiskSector(device: device, sector: sector)) else {
      throw TraceFormatError(
        .expected("a sector that disk \(quoted(name)) has", found: "\(sector)")
      )
    }
    return address
  }

  /// An address of a named disk.
  func address(ofDisk name: String) throws(TraceFormatError) -> UInt64 {
    guard let space, let device = space.disks.first(where: { space.devices[$0].name == name }),
      let address = space.firstAddress(ofDevice: device)
    else { throw TraceFormatError(.unknown("disk", name)) }
    return address
  }

  /// Disk and sector under an address; `nil` where there is no disk.
  func sector(at address: UInt64) -> (name: String, sector: UInt64)? {
    guard let space, let found = space.diskSector(at: address) else { return nil }
    return (space.devices[found.device].name, found.sector)
  }
}

extension ContentTable {
  /// An error unless the token is the initial content or a whole sector of a content that is defined.
  func check(_ token: SectorToken) throws(TraceFormatError) {
    guard let content = token.content else {
      guard token == .initial else {
        throw TraceFormatError(.expected("a content's sector", found: hexadecimal(token.rawValue)))
      }
      return
    }
    guard Int(content) < names.count else {
      throw TraceFormatError(.unknown("content", "\(content)"))
    }
    guard token.sector < size(of: content) / SectorToken.sectorSize else {
      throw TraceFormatError(
        .expected(
          "a sector that content \(quoted(names[Int(content)])) has",
          found: "\(token.sector)"
        )
      )
    }
  }
}
