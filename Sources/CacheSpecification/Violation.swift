/// A promise that an observation breaks.
public struct Violation: Hashable, Sendable {
  /// What kind of finding it is.
  public enum Kind: String, Sendable, CaseIterable {
    /// Recovery refuses the device or enters its error state.
    case metadataUnrecoverable
    /// A block shows something older than what a durable commit covers (G1, B1).
    case lostDurableWrite
    /// A version that was durably replaced came back (G4).
    case resurrectedBlock
    /// A block is a mix of contents it had at different times (G3).
    case tornBlock
    /// A block shows bytes never written to it (G5, B4).
    case foreignData
    /// The blocks together are no state that a commit can have made durable (G2).
    case splitEpoch
    /// Accepted by recovery, but an assertion about the metadata does not hold (M2 to M6, R1 to R5).
    case metadataInvariant
  }

  /// Whose promise is broken.
  public enum Contract: String, Sendable, CaseIterable {
    /// That of any block device (dm-writecache reference 4.2).
    case blockDevice = "any-block-device"
    /// That of dm-writecache (4.1, 4.3), which is stronger.
    case cache = "dm-writecache"
    /// The program's own, about its working memory (R4, R5).
    case program = "program"
  }

  /// How bad it is.
  public enum Severity: String, Sendable, CaseIterable {
    /// Data that was promised is lost, old, torn or foreign.
    case promiseBroken = "promise-broken"
    /// The device does not come into service.
    case refusesToStart = "refuses-to-start"
    /// Nothing is lost yet.
    case invariant
  }

  /// One block, what it may hold and what it holds.
  public struct Block: Hashable, Sendable {
    /// Its sectors.
    public var sectors: Range<UInt64>
    /// Names of the contents it may hold, sorted.
    public var expected: [String]
    /// What was found.
    public var found: String
  }

  /// What kind of finding it is.
  public var kind: Kind
  /// The guarantee broken, by its name in the dm-writecache reference 4.1 to 4.3.
  public var guarantee: String
  /// Whose promise is broken.
  public var contract: Contract
  /// How bad it is.
  public var severity: Severity
  /// A sentence that names the operations, what they promise and what was found instead.
  public var promise: String
  /// Numbers of the operations it names, ascending.
  public var operations: [UInt32]
  /// The blocks concerned, in order of sectors; empty if the whole device is.
  public var blocks: [Block]
}
