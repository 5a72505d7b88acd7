public import PersistencyModel

/// What a certificate is about: the trace as it was checked, the reading, and where crashes count.
public struct AuditSubject {
  /// The trace, with the certificate's changes applied.
  public var trace: Trace
  /// Devices under the addresses; `nil` for one ADR device.
  public var space: AddressSpace?
  /// The model.
  public var reading: AuditReading
  /// Marks, counted from 1, before which what was promised is examined; ascending.
  public var promiseChanges: [Int] = []
  /// Parts of the trace to which crash points were limited.
  public var within: [String] = []
  /// Parts of the trace whose crash points were left out.
  public var skip: [String] = []
  /// Memory before the first event; `nil` where it is not known, so that images cannot be told apart.
  public var initial: ((CacheLine) -> LineBytes)?

  /// A subject of which every crash point counts.
  public init(trace: Trace, space: AddressSpace? = nil, reading: AuditReading = AuditReading()) {
    self.trace = trace
    self.space = space
    self.reading = reading
  }
}
