import PersistencyModel
import ReferenceCache

/// Every defect of the cache, and of what is under it, with the smallest workload that shows it.
enum DefectCatalogue {
  /// The strategy of the kernel, in which defects of the cache run unless told otherwise.
  static let strategy = PersistStrategy.nonTemporal

  /// Those of the cache, with one strategy.
  static func all(_ strategy: PersistStrategy) throws -> [DefectCase] {
    try CacheDefect.allCases.map { try cache(with: $0, strategy) }
  }

  /// Those with the given names or slugs; all where none is given.
  ///
  /// Without a strategy those of routers run in the one that leaves write-backs to them.
  static func named(
    _ names: [String],
    _ strategy: PersistStrategy? = nil
  ) throws -> [DefectCase] {
    let all = try all(strategy ?? Self.strategy) + RouterCatalogue.all(strategy)
    for name in names where !all.contains(where: { $0.isNamed(name) }) {
      throw ToolFailure.usage(
        "\(name) is no defect; known are \(all.map(\.name).joined(separator: ", "))"
      )
    }
    return names.isEmpty ? all : all.filter { defect in names.contains { defect.isNamed($0) } }
  }

  /// Defects of the cache that show in one of the other strategies and not in the usual one, or the other
  /// way round: with these.
  static func otherwise() throws -> [DefectCase] {
    let usual = try all(strategy)
    return try PersistStrategy.allCases.filter { $0 != strategy }.flatMap { other in
      try zip(all(other), usual).filter { $0.canShow != $1.canShow }.map(\.0)
    }
  }

  private static func cache(
    with defect: CacheDefect,
    _ strategy: PersistStrategy
  ) throws -> DefectCase {
    let text = defect.smallestWorkload == "format" ? "" : defect.smallestWorkload
    let workload = try CacheWorkload(parsing: text)
    var options = CacheOptions(
      blockSize: defect == .s24 ? 4096 : 512,
      strategy: strategy
    )
    options.autocommitBlocks = .max
    options.writeBack = .manual
    options.defects = CacheDefects(defect)
    // The correct protocol leaves no identical entries: clearing by zero does.
    if defect == .s28 { options.defects.insert(.s16) }
    var setup = CacheSetup.small(
      blocks: defect.smallestBlockCount,
      originBlocks: max(2, workload.blockCount),
      options: options
    )
    setup.hasBlankOrigin = true
    return DefectCase(
      name: defect.name,
      slug: defect.slug,
      sentence: defect.sentence,
      setup: setup,
      workload: workload,
      prediction: prediction(of: defect, strategy)
    )
  }

  private static func prediction(
    of defect: CacheDefect,
    _ strategy: PersistStrategy
  ) -> DefectPrediction {
    if let kind = defect.predictedKind, !isHidden(defect, strategy) { return .found(kind.rawValue) }
    return .cannotShow(defect.cannotShow ?? "")
  }

  /// Whether what a strategy orders by itself hides a defect on its smallest workload.
  private static func isHidden(_ defect: CacheDefect, _ strategy: PersistStrategy) -> Bool {
    switch strategy {
    // The mixed rule copies blocks of 512 bytes by non-temporal stores as well.
    case .nonTemporal, .kernelMixed: defect == .s26
    case .cachedWithFlushRequests: [.s3, .s7].contains(defect)
    }
  }
}

extension DefectCase {
  /// Whether it is called so, in upper or lower case.
  fileprivate func isNamed(_ text: String) -> Bool {
    [name, slug].contains { $0.lowercased() == text.lowercased() }
  }
}
