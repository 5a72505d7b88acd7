internal import PersistencyModel

extension Timeline {
  /// The timeline of marks, each operation checked by `reader`.
  init(_ marks: [PlacedMark], eventCount: Int, reader: OperationReader) throws(CacheHistoryError) {
    self.init(eventCount: eventCount)
    for placed in marks {
      switch placed.mark {
      case .label: break
      case .begin(let operation):
        if let reason = reader.fault(of: operation) {
          throw CacheHistoryError(
            reason,
            operation: operation.number,
            crashPoint: placed.crashPoint
          )
        }
        try begin(operation, at: placed.crashPoint)
      case .acknowledge(let number):
        try acknowledge(number, at: placed.crashPoint)
      }
    }
  }

  /// What was asked of each block that was ever written, in order of sectors.
  func blocks(reader: OperationReader, contents: inout ContentTable) -> [BlockTimeline] {
    var found: [UInt64: BlockTimeline] = [:]
    for (index, write) in operations.enumerated() where write.operation.kind == .write {
      for block in reader.blocks(of: write.operation) {
        let content = contents.intern(block.bytes, name: block.name)
        let origin = contents.intern(reader.origin.block(at: block.sector, size: reader.blockSize))
        let under = contents.intern(
          reader.underneath.block(at: block.sector, size: reader.blockSize)
        )
        let timeline = BlockTimeline(sector: block.sector, origin: origin, underneath: under)
        found[block.sector, default: timeline].append(
          Version(
            content: content,
            operation: index,
            begin: write.begin,
            end: write.end,
            isForced: write.operation.isForced
          )
        )
      }
    }
    return found.values.sorted { $0.sector < $1.sector }.map { withDiscards($0, reader) }
  }

  private func withDiscards(_ block: BlockTimeline, _ reader: OperationReader) -> BlockTimeline {
    var block = block
    let sectors = block.sector..<(block.sector + reader.blockSectors)
    block.discards = operations.filter {
      $0.operation.kind == .discard && $0.operation.sectors.overlaps(sectors)
    }.map { BlockDiscard(begin: $0.begin, end: $0.end) }
    return block
  }
}
