/// The content of one block as recovery lets it be read.
public struct ObservedBlock: Hashable, Sendable {
  /// Its first 512-byte sector.
  public var sector: UInt64
  /// What it holds, by its number in the table given to `judge`.
  public var content: BlockContent

  /// A block.
  public init(sector: UInt64, content: BlockContent) {
    self.sector = sector
    self.content = content
  }
}

/// An assertion about the cache's metadata that was found broken.
public struct BrokenInvariant: Hashable, Sendable {
  /// Its name in the dm-writecache reference 4.3: "M1" to "M6" or "R1" to "R5".
  public var name: String
  /// What was found; part of the finding's sentence.
  public var detail: String

  /// A broken invariant.
  public init(_ name: String, detail: String = "") {
    self.name = name
    self.detail = detail
  }
}

/// What a cache holds that recovery brought into service.
public struct MountedCache: Hashable, Sendable {
  /// Blocks read, in order of sectors, each once.
  ///
  /// Every sector not among them reads as the origin did at the start.
  public let blocks: [ObservedBlock]
  /// Assertions about the metadata that do not hold.
  public let brokenInvariants: [BrokenInvariant]

  /// A cache with these blocks, in any order.
  public init(blocks: [ObservedBlock], brokenInvariants: [BrokenInvariant] = []) {
    self.blocks = blocks.sorted { $0.sector < $1.sector }
    self.brokenInvariants = brokenInvariants
    precondition(
      zip(self.blocks, self.blocks.dropFirst()).allSatisfy { $0.sector != $1.sector },
      "A sector is observed once"
    )
  }
}

/// What recovery of a crash state lets one read.
public enum Observation: Hashable, Sendable {
  /// The image reads as never formatted (magic and version both 0): it would be formatted again.
  case unformatted
  /// Recovery refuses the image.
  case refused(reason: String)
  /// Recovery goes on in a state in which the device fails every request.
  case errorState(reason: String)
  /// The cache is in service.
  case mounted(MountedCache)

  /// A cache in service with these blocks, in any order.
  public static func mounted(_ blocks: [ObservedBlock]) -> Observation {
    .mounted(MountedCache(blocks: blocks))
  }
}
