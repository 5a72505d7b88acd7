internal import CShim
import PersistencyModel

/// Locked read-modify-writes of naturally aligned words; each returns the previous value.
extension Recorder {
  /// Stores `value` and returns what was there.
  @inline(never) public func exchange(_ value: UInt64, at offset: Int) -> UInt64 {
    // SAFETY: the core lives as long as the recorder; the caller's frame as long as this call.
    let caller = unsafe Caller(cshim_return_address(), cshim_frame())
    let previous = unsafe cshim_exchange64(core.pointee.word(at: offset, size: 8), value)
    unsafe core.pointee.recordLocked(value, size: 8, at: offset, by: caller)
    return previous
  }

  /// Stores `value` and returns what was there.
  @inline(never) public func exchange(_ value: UInt32, at offset: Int) -> UInt32 {
    // SAFETY: as for 8 bytes.
    let caller = unsafe Caller(cshim_return_address(), cshim_frame())
    let previous = unsafe cshim_exchange32(core.pointee.word(at: offset, size: 4), value)
    unsafe core.pointee.recordLocked(UInt64(value), size: 4, at: offset, by: caller)
    return previous
  }

  /// Adds `value`, wrapping around, and returns what was there.
  @inline(never) public func add(_ value: UInt64, at offset: Int) -> UInt64 {
    // SAFETY: as for an exchange.
    let caller = unsafe Caller(cshim_return_address(), cshim_frame())
    let previous = unsafe cshim_add64(core.pointee.word(at: offset, size: 8), value)
    unsafe core.pointee.recordLocked(previous &+ value, size: 8, at: offset, by: caller)
    return previous
  }

  /// Adds `value`, wrapping around, and returns what was there.
  @inline(never) public func add(_ value: UInt32, at offset: Int) -> UInt32 {
    // SAFETY: as for an exchange.
    let caller = unsafe Caller(cshim_return_address(), cshim_frame())
    let previous = unsafe cshim_add32(core.pointee.word(at: offset, size: 4), value)
    unsafe core.pointee.recordLocked(UInt64(previous &+ value), size: 4, at: offset, by: caller)
    return previous
  }

  /// Stores `value` if `expected` is there, and returns what was there; one that fails records nothing.
  ///
  /// A failed compare-and-exchange is taken as a plain load, the weaker of the published readings.
  @inline(never) public func compareExchange(
    expected: UInt64,
    desired value: UInt64,
    at offset: Int
  ) -> UInt64 {
    // SAFETY: as for an exchange.
    let caller = unsafe Caller(cshim_return_address(), cshim_frame())
    let word = unsafe core.pointee.word(at: offset, size: 8)
    let previous = unsafe cshim_compare_exchange64(word, expected, value)
    if previous == expected {
      unsafe core.pointee.recordLocked(value, size: 8, at: offset, by: caller)
    }
    return previous
  }

  /// Stores `value` if `expected` is there, and returns what was there; one that fails records nothing.
  @inline(never) public func compareExchange(
    expected: UInt32,
    desired value: UInt32,
    at offset: Int
  ) -> UInt32 {
    // SAFETY: as for an exchange.
    let caller = unsafe Caller(cshim_return_address(), cshim_frame())
    let word = unsafe core.pointee.word(at: offset, size: 4)
    let previous = unsafe cshim_compare_exchange32(word, expected, value)
    if previous == expected {
      unsafe core.pointee.recordLocked(UInt64(value), size: 4, at: offset, by: caller)
    }
    return previous
  }
}

// SAFETY: `place` returns mapped memory for as many bytes as are asked for.
extension RecorderCore {
  /// Where an aligned word is mapped; a line, and so an aligned word, is on one device.
  mutating func word(at offset: Int, size: Int) -> UnsafeMutableRawPointer {
    precondition(offset & (size - 1) == 0, "A locked operation is aligned")
    guard let place = unsafe place(offset, size) else {
      preconditionFailure("An aligned word is on one device")
    }
    return unsafe place
  }

  /// Records a locked store that was executed.
  mutating func recordLocked(_ value: UInt64, size: Int, at offset: Int, by caller: Caller) {
    let site = unsafe book.number(of: caller)
    recordStore(.lockedStore, value, size: size, at: offset, site: site)
  }
}
