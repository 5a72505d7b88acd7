/// What of the machine survives power loss, for one device.
///
/// Source: dm-writecache reference 5.6 (ACPI NFIT platform capability bits, kernel nvdimm driver).
public enum PersistenceDomain: String, Sendable, CaseIterable {
  /// The domain begins at the memory controller: flush and fence are needed.
  case adr
  /// Caches are inside the domain: only non-temporal stores need a fence.
  case eadr
  /// No ADR: after flush and fence, data is lost until a deep flush of the device.
  case wpq
  /// Nothing survives: the device reads as its initial image.
  case volatile
  /// Durable only after a host flush request, which no instruction makes: refused.
  case asynchronous
  /// A disk with a volatile cache: a sector written is durable when forced, or after a flush of the disk.
  ///
  /// Each of its 512-byte sectors is one line of addresses, of which only the `SectorToken` is written.
  case disk
}
