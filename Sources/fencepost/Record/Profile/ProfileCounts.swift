/// What was counted at a site, or at several.
struct ProfileCounts: Equatable {
  var calls: UInt64 = 0
  /// Bytes of the ranges that were passed.
  var bytes: UInt64 = 0
  /// Cache lines that libpmem was asked to write back.
  var lines: UInt64 = 0
  /// Of these, lines that the thread had asked for since its last fence already.
  var again: UInt64 = 0
  var fences: UInt64 = 0
  /// Of these, fences of threads that had asked for no line since the one before.
  var idle: UInt64 = 0

  static func += (total: inout ProfileCounts, part: ProfileCounts) {
    total.calls += part.calls
    total.bytes += part.bytes
    total.lines += part.lines
    total.again += part.again
    total.fences += part.fences
    total.idle += part.idle
  }
}
