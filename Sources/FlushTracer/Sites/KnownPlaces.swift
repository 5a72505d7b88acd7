internal import Synchronization

/// Code addresses looked up so far in this process, for the recorders after the first.
///
/// A lookup takes milliseconds, and a test makes thousands of short recordings of the same code. An object
/// that is unloaded, and another loaded in its place, keeps the names of the first.
enum KnownPlaces {
  private static let places = Mutex<[UInt64: CodeAddress]>([:])

  /// The place of an address.
  static func place(of address: UInt64) -> CodeAddress {
    if let known = places.withLock({ $0[address] }) { return known }
    let place = CodeAddress(address)
    places.withLock { $0[address] = place }
    return place
  }
}
