extension RawSpan {
  /// The byte at an offset below `byteCount`; traps otherwise.
  @inlinable public func byte(at offset: Int) -> UInt8 {
    precondition(offset >= 0 && offset < byteCount, "The byte is inside the span")
    // SAFETY: UInt8 is valid for every bit pattern and the offset was checked.
    return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
  }
}
