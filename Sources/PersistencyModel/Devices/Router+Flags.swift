/// Routers that look at the wrong device's `write_cache` flag.
///
/// Under every router a device itself does nothing where it has no write cache.
extension Router {
  /// Asks nobody where device 0 has no write cache.
  public static let firstFlagGates = Router(
    name: "first-flag-gates",
    number: "RT10",
    summary: "Where device 0 has no write cache (an eADR or volatile one) no device is asked."
  ) { request, space in
    guard let first = space.devices.first, first.hasWriteCache else { return [] }
    return Router.everyPiece(request, space)
  }

  /// Asks nobody where any memory device has no write cache.
  public static let everyFlagGates = Router(
    name: "every-flag-gates",
    number: "RT10",
    summary: "Unless every device has a write cache no device is asked."
  ) { request, space in
    let memory = space.devices.filter { $0.domain != .disk }
    guard memory.allSatisfy(\.hasWriteCache) else { return [] }
    return Router.everyPiece(request, space)
  }

  /// Asks nobody: the stack never learned that its devices have write caches.
  ///
  /// What device-mapper did before commit 273752c9ff03 (dm-writecache reference, 5.1).
  public static let flagLost = Router(
    name: "flag-lost",
    number: "RT11",
    summary: "The stack has no write cache whatever its devices have: no device is asked."
  ) { _, _ in [] }
}
