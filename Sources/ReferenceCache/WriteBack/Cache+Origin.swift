public import PersistencyModel

extension Cache {
  /// Writes the selected runs to the origin; beyond `writeBackJobs` those before are completed first.
  @inlinable mutating func issueSelected() {
    var position = 0
    while position < queue.runs.count {
      guard case .selected = queue.runs[position].stage else {
        position += 1
        continue
      }
      if options.writeBackJobs > 0, queue.issuedBlocks >= options.writeBackJobs {
        completeWriteBack()
        position = 0
        continue
      }
      issue(position)
      position += 1
    }
  }

  /// Issues one run.
  ///
  /// With defect S18 it is then in the queue of a disk that turns the order around.
  @inlinable mutating func issue(_ position: Int) {
    if options.defects.contains(.s10) {
      for entry in queue.runs[position].entries { clear(entry) }
    }
    queue.runs[position].stage = .issued
    if !options.defects.contains(.s18) { carryOut(position) }
  }

  /// Writes a run to the origin; what lies beyond the origin's end counts as written.
  @inlinable mutating func carryOut(_ position: Int) {
    let run = queue.runs[position]
    let available = origin.sectorCount
    guard run.sector < available else { return }
    let sectors = UInt64(run.entries.count) * contents.layout.sectorsPerBlock
    let byteCount = Int(min(sectors, available - run.sector)) << 9
    // Taken out, so that medium and origin are free to change while the buffer is in use.
    var buffer = queue.takeBuffer(byteCount: run.entries.count << contents.layout.blockShift)
    gather(run, into: &buffer)
    do throws(CacheError) {
      // SAFETY: every byte of an array of bytes is initialised, and it lives through the call.
      try unsafe origin.write(
        buffer.span.bytes.extracting(0..<byteCount),
        at: run.sector,
        isForced: options.forcesOriginWrites && !options.defects.contains(.s4)
      )
    } catch {
      queue.runs[position].stage = .failed(error.originFault(at: run.sector))
    }
    queue.buffer = buffer
  }

  /// Copies the blocks of a run into the buffer, one after the other.
  @inlinable mutating func gather(_ run: WriteBackRun, into buffer: inout [UInt8]) {
    let layout = contents.layout
    var span = buffer.mutableSpan
    // SAFETY: any bytes make a valid array of bytes, and it lives through the loop.
    var raw = unsafe span.mutableBytes
    for (position, entry) in run.entries.enumerated() {
      let start = position << layout.blockShift
      var part = raw._mutatingExtracting(start..<(start + layout.blockSize))
      medium.load(at: layout.blockRange(ofEntry: entry).lowerBound, into: &part)
    }
  }
}

extension CacheError {
  /// The fault of the origin behind it; any other reason counts as an input/output error at `sector`.
  @usableFromInline func originFault(at sector: UInt64) -> OriginFault {
    if case .origin(let fault) = reason { return fault }
    return .failed(sector: sector, errno: errno)
  }
}
