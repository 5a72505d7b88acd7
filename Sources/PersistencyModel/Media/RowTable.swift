/// A table of equal rows, each with a key and a sequence number, in a medium.
///
/// What a recovery makes of such a table is, for each key, the newest row that is committed. Offsets are
/// multiples of 8.
public struct RowTable: Hashable, Sendable {
  /// Byte of the medium at which row 0 begins.
  public var start: Int
  /// Number of rows.
  public var rowCount: Int
  /// Bytes from one row to the next.
  public var stride: Int
  /// Byte of the key's word in its row.
  public var keyOffset: Int
  /// Byte of the sequence number's word in its row.
  public var sequenceOffset: Int

  /// A table.
  @inlinable public init(
    start: Int,
    rowCount: Int,
    stride: Int,
    keyOffset: Int,
    sequenceOffset: Int
  ) {
    self.start = start
    self.rowCount = rowCount
    self.stride = stride
    self.keyOffset = keyOffset
    self.sequenceOffset = sequenceOffset
  }

  /// Byte of the medium that holds a row's key.
  @inlinable public func keyPosition(ofRow row: Int) -> Int { start + row * stride + keyOffset }

  /// Byte of the medium that holds a row's sequence number.
  @inlinable public func sequencePosition(ofRow row: Int) -> Int {
    start + row * stride + sequenceOffset
  }
}

/// A row as a scan shows it.
public enum TableRow: Hashable, Sendable {
  /// Its sequence number is not below the limit: its key was not looked at.
  ///
  /// The number serves only to skip a store that would change nothing. Inside the checker it is `nil`: there
  /// the scan only asks whether it is below the limit.
  case uncommitted(row: Int, sequence: UInt64?)
  /// Its sequence number is below the limit.
  case committed(row: Int, key: UInt64, sequence: UInt64)
}
