import CacheSpecification
import Checker

/// What a kind of finding means, and what usually mends it.
struct FindingKind {
  /// The kind, as findings name it.
  let id: String
  /// What was found, in a sentence.
  let summary: String
  /// The guarantee that does not hold.
  let guarantee: String
  /// What usually mends it.
  let remedy: String
  var severity = Severity.promiseBroken

  /// The kinds that a check of the cache looks for.
  static let ofCache = CacheSpecification.Violation.Kind.allCases.map(\.rawValue)
  /// The kinds that a check by a program or library looks for.
  static let ofPrograms = ["recoveryRejects", "recoveryCrashes", "recoveryHangs"]

  /// The kind with an identifier; one that is not described gets what its violation says.
  static func described(_ violation: Checker.Violation) -> FindingKind {
    all.first { $0.id == violation.kind }
      ?? FindingKind(
        id: violation.kind,
        summary: "A promise of kind \(violation.kind) is broken.",
        guarantee: "\(violation.guarantee), contract: \(violation.contract)",
        remedy: order,
        severity: violation.severity
      )
  }

  private static let order = """
    Make the lost store durable before the surviving one: flush its line, then fence in the same thread, \
    between the two events that the message names.
    """

  /// The kinds that are described, in order of their documentation.
  static let all = ofData + ofMetadata + ofRecovery

  private static let ofData = [
    FindingKind(
      id: "lostDurableWrite",
      summary: "A write acknowledged as durable is gone.",
      guarantee:
        "G1 durability: after a completed flush or FUA write, every earlier write survives.",
      remedy: "Flush and fence everything that was written before the operation is acknowledged."
    ),
    FindingKind(
      id: "splitEpoch",
      summary: "Only part of what was committed together is there.",
      guarantee: "G2 atomic epochs: what is recovered is the state at one commit.",
      remedy: "Flush and fence the entries of an epoch before the counter that publishes it."
    ),
    FindingKind(
      id: "tornBlock",
      summary: "A block is neither old nor new.",
      guarantee: "G3 no torn block: a block written is all old or all new.",
      remedy: "Flush and fence a block's data before the entry that names it."
    ),
    FindingKind(
      id: "resurrectedBlock",
      summary: "A version came back that a durable one had replaced.",
      guarantee: "G4 no resurrection: nothing older than the last durable version comes back.",
      remedy: "Persist that an entry is free before the newer one is written back and freed."
    ),
    FindingKind(
      id: "foreignData",
      summary: "A block shows bytes that were never written to it.",
      guarantee: "G5 no data of another sector.",
      remedy: "Flush and fence a block's new data before its entry is published for another sector."
    ),
  ]

  private static let ofMetadata = [
    FindingKind(
      id: "metadataUnrecoverable",
      summary: "Recovery refuses the device or enters its error state.",
      guarantee: "Whatever a crash leaves can be opened (M1, M3).",
      remedy: "Publish metadata by one aligned 8-byte store after what it vouches for is durable.",
      severity: .refusesToStart
    ),
    FindingKind(
      id: "metadataInvariant",
      summary: "Recovery accepts metadata that no correct run can leave.",
      guarantee: "The assertions about metadata M2 to M6 and R1 to R5.",
      remedy: order,
      severity: .invariant
    ),
    FindingKind(
      id: "incompatibleMedia",
      summary: "Recovery agrees with itself and not with the format.",
      guarantee: "The on-media format of dm-writecache.",
      remedy: "Compare the fields named with the format's description.",
      severity: .invariant
    ),
  ]

  private static let ofRecovery = [
    FindingKind(
      id: "recoveryNotIdempotent",
      summary: "A second recovery, or one after a crash in the first, gives something else.",
      guarantee: "G6: recovery is crash-safe at each of its own stores.",
      remedy: "Let recovery persist each repair before it relies on it."
    ),
    FindingKind(
      id: "recoveryDiverges",
      summary: "Recovery of recovered states does not come to an end.",
      guarantee: "G6: recovery is crash-safe at each of its own stores.",
      remedy: "Let recovery leave alone what is recovered already."
    ),
    FindingKind(
      id: "recoveryRejects",
      summary: "The checker found a crash image bad.",
      guarantee: "The program's own: its checker accepts every crash image.",
      remedy: order
    ),
    FindingKind(
      id: "recoveryCrashes",
      summary: "The checker was ended by a signal, or left early, on a crash image.",
      guarantee: "The program's own: its checker copes with every crash image.",
      remedy: order
    ),
    FindingKind(
      id: "recoveryHangs",
      summary: "The checker did not end in time on a crash image.",
      guarantee: "The program's own: its checker copes with every crash image.",
      remedy: order + " If it is only slow, raise --checker-time-limit."
    ),
  ]
}
