import Glibc

/// Where a byte first occurs in a part of a span; O(length), at the speed of memory.
func firstByte(_ byte: UInt8, in bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
  let part = bytes.extracting(range)
  // SAFETY: the search stays inside the part, and the pointer is used within the call.
  return unsafe part.withUnsafeBytes { pointer -> Int? in
    guard let base = pointer.baseAddress,
      let found = unsafe memchr(base, CInt(byte), pointer.count)
    else { return nil }
    return unsafe range.lowerBound + (UnsafeRawPointer(found) - base)
  }
}
