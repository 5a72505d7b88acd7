/// How much of the call stack an event's site holds.
public enum SiteDepth: Hashable, Sendable {
  /// The return address of the recorder's call: the cheapest.
  case returnAddress
  /// At most so many return addresses, found through saved frame pointers; stops at code without them.
  case framePointers(Int)
  /// At most so many return addresses, found through unwind tables (libunwind); slower, and complete.
  case unwindTables(Int)

  /// The largest number of frames.
  public static let maximumFrames = 64

  /// Number of frames asked for, within 1 and `maximumFrames`.
  var frames: Int {
    switch self {
    case .returnAddress: 1
    case .framePointers(let count), .unwindTables(let count):
      min(max(count, 1), Self.maximumFrames)
    }
  }
}
