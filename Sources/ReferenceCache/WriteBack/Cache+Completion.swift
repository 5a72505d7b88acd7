extension Cache {
  /// Ends every write-back begun: the work of the driver's end-of-write thread.
  ///
  /// Where writes of the origin are not forced, the origin is flushed first, once. Then the entries are
  /// freed, with a fence after every 16 and at the end. Where the origin fails, its entries and those after
  /// them stay, and the cache is in its error state. With nothing begun it does nothing.
  ///
  /// Source: dm-writecache reference 2.8.
  @inlinable public mutating func completeWriteBack() {
    if options.defects.contains(.s18) { carryOutNewestFirst() }
    let runs = queue.takeIssued()
    guard !runs.isEmpty else { return }
    flushOrigin()
    var walked = 0
    for run in runs {
      if case .failed(let fault) = run.stage, control.fault == nil { control.fault = fault }
      for entry in run.entries {
        end(entry)
        walked += 1
        if walked % WriteBackQueue.fenceInterval == 0, !options.defects.contains(.s5) {
          fenceAfterClears()
        }
      }
    }
    if !options.defects.contains(.s5) { fenceAfterClears() }
  }

  /// What was written before is durable once a flush returns; forced writes need none.
  @inlinable mutating func flushOrigin() {
    guard !options.forcesOriginWrites, !options.defects.contains(.s4) else { return }
    do throws(CacheError) {
      try origin.flush()
    } catch {
      if control.fault == nil { control.fault = error.originFault(at: 0) }
    }
  }

  @inlinable mutating func end(_ entry: Int) {
    let frees = control.fault == nil
    contents.endWriteBack(entry, frees: frees)
    if frees, !options.defects.contains(.s10) { clear(entry) }
  }

  /// Defect S18: the disk carries out what is in its queue the other way round.
  @inlinable mutating func carryOutNewestFirst() {
    for position in queue.runs.indices.reversed() {
      if case .issued = queue.runs[position].stage { carryOut(position) }
    }
  }
}
