import PersistencyModel

/// Versions of our own forms: 1, and 2 for what came with disks.
enum TraceVersion {
  /// The versions that are read.
  static let known: ClosedRange<UInt8> = 1...2

  /// The lowest version that can say what a header says: readers of version 1 know neither disks nor
  /// `write_cache` attributes.
  static func needed(for header: TraceHeader) -> UInt8 {
    let devices = header.addressSpace?.devices ?? []
    return devices.contains { $0.domain == .disk || $0.writeCache != nil } ? 2 : 1
  }

  /// An error where a trace says a version that cannot say its header.
  static func check(_ version: UInt8, against header: TraceHeader) throws(TraceFormatError) {
    guard version < needed(for: header) else { return }
    throw TraceFormatError(
      .expected("version 2, since it has disks or write_cache", found: "version \(version)")
    )
  }
}
