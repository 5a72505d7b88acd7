import PersistencyModel

extension EventRecord {
  /// Appends the record of an event that is no mark; `bytes` are those of a store.
  static func append(
    _ event: Event,
    bytes: RawSpan,
    on disks: DiskNames,
    to line: inout [UInt8]
  ) {
    switch event.kind {
    case .store, .nonTemporalStore, .lockedStore: appendStore(event, bytes, to: &line)
    case .clwb, .clflushopt, .clflush:
      appendLine("FLUSH;", event, to: &line)
      line.append(contentsOf: ";\(event.kind)".utf8)
    case .sfence: line.append(contentsOf: "FENCE;sfence".utf8)
    case .mfence: line.append(contentsOf: "FENCE;mfence".utf8)
    case .lockedFence: line.append(contentsOf: "LOCK".utf8)
    case .flushRequest:
      appendRange("REQUEST;", event, to: &line)
      line.append(contentsOf: ";\(event.payload)".utf8)
    case .routedWriteBack:
      appendLine("ROUTED;", event, to: &line)
      line.append(contentsOf: ";\(event.payload)".utf8)
    case .deepFlush: appendRange("DEEP;", event, to: &line)
    case .msync: appendRange("MSYNC;", event, to: &line)
    case .sectorWrite, .forcedSectorWrite, .diskFlush, .routedDiskFlush:
      DiskRecord.append(event, disks, to: &line)
    case .mark: preconditionFailure("A mark has its own record")
    }
  }

  private static func appendStore(_ event: Event, _ bytes: RawSpan, to line: inout [UInt8]) {
    line.append(contentsOf: "STORE;".utf8)
    appendHexadecimal(event.address, to: &line)
    line.append(UInt8(ascii: ";"))
    if event.size > 8 {
      for index in 0..<bytes.byteCount {
        appendHexadecimal(CollectionOfOne(bytes.byte(at: index)), to: &line)
      }
    } else {
      appendHexadecimal(event.payload, to: &line)
    }
    line.append(UInt8(ascii: ";"))
    appendHexadecimal(UInt64(event.size), to: &line)
    switch event.kind {
    case .store: line.append(contentsOf: ";t".utf8)
    case .nonTemporalStore: line.append(contentsOf: ";nt".utf8)
    default: line.append(contentsOf: ";lock".utf8)
    }
  }

  private static func appendRange(_ keyword: String, _ event: Event, to line: inout [UInt8]) {
    line.append(contentsOf: keyword.utf8)
    appendHexadecimal(event.address, to: &line)
    line.append(UInt8(ascii: ";"))
    appendHexadecimal(UInt64(event.size), to: &line)
  }

  /// A line write-back is of 64 bytes whatever its event says.
  private static func appendLine(_ keyword: String, _ event: Event, to line: inout [UInt8]) {
    line.append(contentsOf: keyword.utf8)
    appendHexadecimal(event.address, to: &line)
    line.append(contentsOf: ";0x40".utf8)
  }
}
