public import PersistencyModel

/// The memory that a tested system runs on.
public struct TestMemory: Sendable {
  /// Devices, and how addresses map to them.
  public var space: AddressSpace
  /// What turns flush requests into write-backs.
  public var router: Router

  /// One device with caches outside the persistence domain, unless told otherwise.
  ///
  /// - Parameters:
  ///   - bytes: its size, a multiple of 64.
  ///   - domain: what of it survives power loss.
  public init(bytes: Int, domain: PersistenceDomain = .adr) {
    precondition(bytes > 0 && bytes % 64 == 0, "Memory consists of whole lines")
    space = AddressSpace(single: "D0", size: UInt64(bytes), domain: domain)
    router = .correct
  }

  /// Several devices.
  public init(_ space: AddressSpace, router: Router = .correct) {
    self.space = space
    self.router = router
  }
}
