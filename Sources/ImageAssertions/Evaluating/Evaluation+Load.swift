import PersistencyModel

// What is loaded from the image.
extension Evaluation {
  mutating func load(_ address: UInt64, size: Int) throws(EvaluationFailure) -> Value {
    let offset = try offset(of: address, size: UInt64(size))
    if size == 8, offset % 8 == 0 { return medium.load64(at: offset) }
    if size == 4, offset % 4 == 0 { return UInt64(medium.load32(at: offset)) }
    return medium.bytes(offset..<(offset + size)).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Compares word by word, as far as they are equal.
  mutating func matches(
    _ address: UInt64,
    _ bytes: [UInt8]
  ) throws(EvaluationFailure) -> Value {
    let offset = try offset(of: address, size: UInt64(bytes.count))
    var done = 0
    while done < bytes.count {
      let end = min(bytes.count, done + 8 - (offset + done) % 8)
      let found = medium.bytes((offset + done)..<(offset + end))
      guard found.elementsEqual(bytes[done..<end]) else { return 0 }
      done = end
    }
    return 1
  }

  mutating func checksum(
    _ address: UInt64,
    length: UInt64
  ) throws(EvaluationFailure) -> Value {
    let offset = try offset(of: address, size: length)
    return Value(CRC32C.checksum(of: medium.bytes(offset..<(offset + Int(length)))))
  }

  /// Where in the medium bytes are that lie wholly in it.
  private func offset(of address: UInt64, size: UInt64) throws(EvaluationFailure) -> Int {
    let offset = address &- base
    let end = offset.addingReportingOverflow(size)
    guard address >= base, !end.overflow, end.partialValue <= UInt64(medium.size) else {
      throw .outside(address: address, size: size)
    }
    return Int(offset)
  }
}
