import PersistencyModel

/// The real sectors behind the lines of disks.
struct DiskImages {
  let trace: Trace
  let space: AddressSpace
  /// Bytes of each device before the first event.
  let initial: [[UInt8]]

  init(_ trace: Trace, _ memory: CheckMemory) {
    self.trace = trace
    space = memory.space
    initial = memory.devices
  }

  /// The bytes of a disk of which the lines are those of `memory`; the initial ones where nothing was
  /// written.
  func bytes(ofDisk device: Int, in memory: MemoryImage) -> [UInt8] {
    var bytes = initial[device]
    let start = Int(space.devices[device].start)
    for sector in 0..<space.devices[device].sectorCount {
      let place = DiskSector(device: device, sector: sector)
      guard let address = space.address(of: place),
        let content = trace.bytes(of: SectorToken(memory[CacheLine(containing: address)]))
      else { continue }
      let first = start + Int(sector) * SectorToken.sectorSize
      bytes.replaceSubrange(first..<(first + SectorToken.sectorSize), with: content)
    }
    return bytes
  }
}

extension CheckInput {
  /// Refuses disks where a checker that is not ours would need their images.
  func requireMemoryOnly(_ checker: String) throws {
    guard let disk = memory.space.disks.first else { return }
    throw ToolFailure.usage(
      "\(checker): the trace has a disk (\(memory.space.devices[disk].name)), and checkers are given "
        + "images of memory only; fencepost image writes both"
    )
  }
}

/// Verifies that a recording explains what disks became.
enum DiskReplay {
  /// Throws when initial sectors and events do not give the final ones.
  static func verify(
    _ trace: Trace,
    from initial: CheckMemory,
    to final: CheckMemory,
    file: String
  ) throws {
    var memory = initial.stack
    for event in trace.events where event.kind.isSectorWrite {
      memory[event.line] = LineBytes(words: [event.payload, 0, 0, 0, 0, 0, 0, 0])
    }
    let images = DiskImages(trace, initial)
    for disk in initial.space.disks {
      let expected = images.bytes(ofDisk: disk, in: memory)
      let found = final.devices[disk]
      guard expected != found else { continue }
      let byte = zip(expected, found).enumerated().first { $1.0 != $1.1 }?.offset ?? 0
      throw ToolFailure.malformed(
        "\(file): initial sectors and events do not give the final image of disk "
          + "\(initial.space.devices[disk].name): the first byte that differs is \(byte)"
      )
    }
  }
}
