/// An intentional defect of the cache, which a checker must find.
///
/// Numbers are those of dm-writecache reference 6.3; S29 to S31 are ours, one for each assertion about the
/// metadata that none of the others breaks by itself. The defects are variants of the code that is in use,
/// switched on by `CacheOptions.defects`; the facts about each are in its catalogue.
public enum CacheDefect: Int, Hashable, Sendable, CaseIterable {
  case s1 = 1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14
  case s15, s16, s17, s18, s19, s20, s21, s22, s23, s24, s25, s26, s27, s28
  case s29, s30, s31

  /// The defect with a name such as "S3", or with its slug, in upper or lower case.
  public init?(named text: String) {
    let wanted = text.lowercased()
    guard
      let found = Self.allCases.first(where: {
        $0.name.lowercased() == wanted || $0.slug == wanted
      })
    else { return nil }
    self = found
  }

  /// The name in the reference, such as "S3".
  public var name: String { "S\(rawValue)" }

  /// A name to read, such as "no-fence-after-free".
  public var slug: String { facts.slug }

  /// What is wrong, in one sentence.
  public var sentence: String { facts.sentence }

  /// The kind of finding that shows it in `smallestWorkload`; `nil` where no permitted crash state does.
  public var predictedKind: FindingKind? { facts.kind }

  /// The smallest workload known to show it: operations separated by commas, blocks by letters.
  ///
  /// Operations are `write A`, `FUA write A`, `flush`, `discard A`, `write back`, `start write-back`,
  /// `complete write-back`, `reopen` and `power cut` (both recover and go on); *format* and *open* come
  /// first.
  public var smallestWorkload: String { facts.workload }

  /// Blocks of the cache in that workload; a freed block must be used again in some.
  public var smallestBlockCount: Int { facts.blocks }

  /// In which strategies, block sizes or programs it cannot show, and why; `nil` where it can in all.
  public var cannotShow: String? { facts.cannotShow }

  private var facts: DefectFacts { DefectFacts.catalogue[rawValue - 1] }
}

extension CacheDefect: CustomStringConvertible {
  /// Name and slug.
  public var description: String { "\(name) \(slug)" }
}

/// A kind of finding, by the guarantee that is broken; names are those of the reports.
public enum FindingKind: String, Hashable, Sendable, CaseIterable {
  /// Something durable is gone (G1, B1).
  case lostDurableWrite
  /// A commit in parts (G2).
  case splitEpoch
  /// A block in parts (G3).
  case tornBlock
  /// Something replaced for good is back (G4).
  case resurrectedBlock
  /// Bytes never written there (G5, B4).
  case foreignData
  /// A second recovery gives something else (G6).
  case recoveryNotIdempotent
  /// A crash during recovery changes what it gives (G6).
  case recoveryDiverges
  /// Recovery refuses or enters its error state (M1, M3).
  case metadataUnrecoverable
  /// Accepted, but an assertion about the metadata does not hold (M2 to M6, R1 to R5).
  case metadataInvariant
  /// Consistent in itself, but not the format.
  case incompatibleMedia
}

/// What is known of a defect.
struct DefectFacts: Sendable {
  var slug: String
  var sentence: String
  var kind: FindingKind?
  var workload: String
  var blocks = 3
  var cannotShow: String?
}
