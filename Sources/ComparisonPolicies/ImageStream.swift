public import BigInt
public import PersistencyModel

/// One image that a policy tries.
public struct PolicyImage {
  /// Where power is lost: what was promised by then is judged.
  public let point: CrashPoint
  /// Lines that differ from the image before (the first: from initial memory), ascending.
  public let changes: [(line: CacheLine, content: LineBytes)]
}

/// How much of a policy was carried out.
public struct PolicyExtent: Hashable, Sendable {
  /// Images tried, repetitions included.
  public var images: Int
  /// Images that the whole policy would try; `nil` where that is not known.
  public var planned: BigUInt?
  /// Whether the bound, or whoever looked at the images, ended it.
  public var isStopped: Bool
}

/// What carries out a policy.
protocol ImageExploration {
  /// Shows every image of the policy in ascending order of crash points.
  func explore(_ subject: PolicySubject, _ stream: ImageStream)
}

/// The image being made, and the way to whoever looks at it.
final class ImageStream {
  private let initial: (CacheLine) -> LineBytes
  private let scope: (CrashPoint) -> Bool
  private let limit: Int
  private let visit: (PolicyImage) -> Bool
  private let reads: () -> Set<CacheLine>?
  private var contents: [CacheLine: LineBytes] = [:]
  private var changed: Set<CacheLine> = []
  private var planned: BigUInt? = 0

  private(set) var images = 0
  private(set) var isStopped = false

  init(
    _ subject: PolicySubject,
    limit: Int,
    reads: @escaping () -> Set<CacheLine>?,
    visit: @escaping (PolicyImage) -> Bool
  ) {
    initial = subject.initial
    scope = subject.scope
    self.limit = limit
    self.reads = reads
    self.visit = visit
  }

  var extent: PolicyExtent {
    PolicyExtent(images: images, planned: planned, isStopped: isStopped)
  }

  /// The content of a line of the image.
  subscript(line: CacheLine) -> LineBytes {
    get { contents[line] ?? initial(line) }
    set {
      guard self[line] != newValue else { return }
      contents[line] = newValue
      changed.insert(line)
    }
  }

  /// Takes note that a crash point has that many images, `nil` for a number not known.
  func plan(_ images: BigUInt?, at point: CrashPoint) {
    guard scope(point) else { return }
    planned = planned.flatMap { sum in images.map { sum + $0 } }
  }

  /// Tries the image as it is.
  func emit(at point: CrashPoint) {
    guard !isStopped, scope(point) else { return }
    guard images < limit else {
      isStopped = true
      return
    }
    images += 1
    let changes = changed.sorted().map { ($0, self[$0]) }
    changed.removeAll(keepingCapacity: true)
    if !visit(PolicyImage(point: point, changes: changes)) { isStopped = true }
  }

  /// Lines that recovery reads on the image tried last; `nil` where that cannot be told.
  func linesRead() -> Set<CacheLine>? { isStopped ? nil : reads() }
}

extension ComparisonPolicy {
  /// Tries every image of the policy, in ascending order of crash points.
  ///
  /// Time: O(events of the trace) beside the images. Memory: the lines stored to.
  ///
  /// - Parameters:
  ///   - subject: the trace and its memory.
  ///   - limit: most images.
  ///   - reads: asked by `vinter`: the lines that recovery reads on the image visited last, `nil` where
  ///     that cannot be told.
  ///   - visit: given each image; returns whether to go on.
  /// - Returns: how much was tried, and of how much.
  @discardableResult
  public func explore(
    _ subject: PolicySubject,
    limit: Int = .max,
    reads: @escaping () -> Set<CacheLine>? = { nil },
    visit: @escaping (PolicyImage) -> Bool
  ) -> PolicyExtent {
    let stream = ImageStream(subject, limit: limit, reads: reads, visit: visit)
    exploration.explore(subject, stream)
    return stream.extent
  }
}
