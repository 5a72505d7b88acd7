extension Cache {
  /// Commits, and writes every block back to the origin; nothing is under write-back on return.
  ///
  /// Source: the message *flush*, dm-writecache reference 2.8 and 2.11.
  ///
  /// - Throws: `CacheError`: the cache is suspended or in its error state, before or because of it.
  @inlinable public mutating func writeBack() throws(CacheError) {
    try requireWorkingState()
    writeBackEverything()
    try requireWorkingState()
  }

  /// Begins to write back up to `limit` blocks, those inserted first, and leaves them under write-back.
  ///
  /// What is not committed is committed before. Blocks that follow each other on the origin go in one write
  /// of up to 256. A block is left out while an older version of its sector is under write-back, and so is
  /// whatever exceeds `CacheOptions.writeBackJobs`. Requests may come before `completeWriteBack()`.
  ///
  /// - Returns: the number of blocks; 0 in a suspended cache and in the error state.
  @inlinable @discardableResult public mutating func startWriteBack(limit: Int = .max) -> Int {
    guard !control.isSuspended, !isInErrorState else { return 0 }
    var room = limit
    if options.writeBackJobs > 0 {
      room = min(room, options.writeBackJobs - contents.underWriteBackCount)
    }
    let selected = select(limit: room, steps: .max) { _ in true }
    issueSelected()
    return selected
  }

  /// Begins to write back where the high watermark is passed (dm-writecache reference 2.8).
  @inlinable mutating func checkWatermark() {
    guard contents.freeCount + contents.underWriteBackCount <= control.highWatermark else { return }
    writeBackWhereDue()
  }

  /// Writes back in passes as long as the low watermark or an age says so.
  @inlinable mutating func writeBackWhereDue() {
    guard options.writeBack == .automatic, !isInErrorState else { return }
    while !isInErrorState, selectDue() > 0 {
      issueSelected()
      completeWriteBack()
    }
  }

  @inlinable mutating func writeBackEverything() {
    completeWriteBack()
    while !isInErrorState {
      if !options.defects.contains(.s17) { commit() }
      guard selectAll() > 0 else { return }
      issueSelected()
      completeWriteBack()
    }
  }

  /// Writes back until a block is free: a full cache waits, it never writes around.
  @inlinable mutating func makeRoom() throws(CacheError) {
    counts.writesBlocked += 1
    if queue.runs.isEmpty {
      guard selectDue() > 0 else {
        throw CacheError(.cacheFull(needed: 1, free: contents.freeCount))
      }
      issueSelected()
    }
    completeWriteBack()
    try requireWorkingState()
  }
}

// The worker's choice.
extension Cache {
  /// One pass of the worker.
  @inlinable mutating func selectDue() -> Int {
    let (low, maxAge, clock) = (control.lowWatermark, options.maxAge, control.clock)
    return select(limit: .max, steps: WriteBackQueue.stepLimit) { contents in
      contents.isWriteBackDue(lowWatermark: low, maxAge: maxAge, clock: clock)
    }
  }

  /// Selects runs from the oldest insert on while `isDue`; returns the number of their blocks.
  @inlinable mutating func select(
    limit: Int,
    steps: Int,
    while isDue: (borrowing CacheState) -> Bool
  ) -> Int {
    var (selected, step) = (0, 0)
    var skipped: Int?
    while selected < limit, step < steps, isDue(contents),
      let entry = contents.candidate(after: skipped)
    {
      step += 1
      if !contents.isCommitted(entry), !options.defects.contains(.s17) {
        commit()
        skipped = nil
        // What recovery with a defect took in uncommitted stays so.
        guard contents.isCommitted(entry) else { break }
        continue
      }
      if contents.waitsForOlderVersion(entry) {
        skipped = entry
        continue
      }
      let run = contents.selectRun(
        from: entry,
        limit: min(WriteBackQueue.runLimit, limit - selected)
      )
      selected += run.entries.count
      step += run.entries.count - 1
      queue.runs.append(run)
    }
    return selected
  }

  /// Selects everything, ascending by sector.
  @inlinable mutating func selectAll() -> Int {
    var selected = 0
    for entry in contents.idleEntriesBySector() where !contents.isUnderWriteBack(entry) {
      let run = contents.selectRun(from: entry, limit: WriteBackQueue.runLimit)
      selected += run.entries.count
      queue.runs.append(run)
    }
    return selected
  }
}
