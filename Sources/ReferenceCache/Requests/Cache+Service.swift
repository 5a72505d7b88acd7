extension Cache {
  /// Stops the timers, commits, writes everything back if it is to, and waits for write-back in flight.
  ///
  /// From then on requests are refused until `resume()`. Committed blocks stay where they are: an orderly
  /// stop leaves no mark on media. A write-back that fails is seen in `failure`.
  ///
  /// Source: dm-writecache reference 2.9.
  @inlinable public mutating func suspend() {
    guard !control.isSuspended else { return }
    control.ageDeadline = CacheControl.never
    commit()
    if control.flushesOnSuspend { writeBackEverything() }
    completeWriteBack()
    control.isSuspended = true
  }

  /// Recovers the cache from its medium again, as after a crash, and takes up service.
  ///
  /// An error state stays. Without a suspension before it does nothing.
  ///
  /// Source: dm-writecache reference 2.10.
  ///
  /// - Throws: why the medium is refused; the cache is then still suspended.
  @inlinable public mutating func resume() throws(CacheError) {
    guard control.isSuspended else { return }
    let identical = contents.identicalEntries
    contents = try CacheState.recover(on: &medium, options: options)
    contents.keepErrorState(identical)
    contents.setTimes(control.clock)
    control.isSuspended = false
    control.setWatermarks(options: options, blockCount: contents.layout.blockCount)
    control.restartTimers(options: options)
    checkWatermark()
  }

  /// Lets time pass: commits what has waited for `autocommitTime`, and writes back what has reached
  /// `maxAge`.
  ///
  /// Ages are looked at every sixteenth of `maxAge`, and a block is old a sixteenth before it. In a suspended
  /// cache nothing happens but that the clock goes on.
  ///
  /// Source: dm-writecache reference 2.5 and 2.8.
  @inlinable public mutating func tick(milliseconds: UInt64) {
    control.clock = control.clock &+ milliseconds
    guard !control.isSuspended else { return }
    if control.clock >= control.autocommitDeadline { commit() }
    guard control.clock >= control.ageDeadline, let maxAge = options.maxAge else { return }
    control.ageDeadline = control.clock &+ max(1, maxAge / 16)
    writeBackWhereDue()
  }

  /// Does what a message of the device-mapper asks: `flush`, `flush_on_suspend`, `cleaner`, `clear_stats`.
  ///
  /// Source: dm-writecache reference 2.11.
  ///
  /// - Throws: `CacheError`: no such message; for `flush` also that the cache is suspended or in its error
  ///   state.
  @inlinable public mutating func message(_ message: String) throws(CacheError) {
    switch message.lowercased() {
    case "flush": try writeBack()
    case "flush_on_suspend": control.flushesOnSuspend = true
    case "cleaner": becomeCleaner()
    case "clear_stats": counts = CacheStatistics()
    default: throw CacheError(.request(.unknownMessage(message)))
    }
  }

  @inlinable mutating func becomeCleaner() {
    control.isCleaner = true
    control.flushesOnSuspend = true
    control.setWatermarks(options: options, blockCount: contents.layout.blockCount)
    if !control.isSuspended { checkWatermark() }
  }
}
