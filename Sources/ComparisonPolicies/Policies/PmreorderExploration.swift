import BigInt
import PersistencyModel

/// At each fence after a flush, sequences of the stores that the flushes cover.
///
/// Source: pmemcheck and pmreorder reference, section 2.3.
struct PmreorderExploration: ImageExploration {
  /// Which sequences.
  enum Engine {
    /// Every permutation of every subset, shorter ones first.
    case full
    /// Every prefix in program order.
    case accumulative
  }

  let engine: Engine

  func explore(_ subject: PolicySubject, _ stream: ImageStream) {
    var epoch = PmreorderEpoch()
    for (index, event) in subject.trace.events.enumerated() {
      epoch.log(event, of: subject.trace)
      guard PmreorderEpoch.isFence(event), epoch.hasFlush else { continue }
      let stores = epoch.close()
      let point = CrashPoint(index)
      switch engine {
      case .full: tryPermutations(stores, at: point, stream)
      case .accumulative: tryPrefixes(stores, at: point, stream)
      }
      for store in stores { store.apply(to: stream) }
    }
  }

  private func tryPrefixes(_ stores: [LoggedStore], at point: CrashPoint, _ stream: ImageStream) {
    stream.plan(BigUInt(stores.count + 1), at: point)
    stream.emit(at: point)
    for store in stores where !stream.isStopped {
      store.apply(to: stream)
      stream.emit(at: point)
    }
  }

  private func tryPermutations(
    _ stores: [LoggedStore],
    at point: CrashPoint,
    _ stream: ImageStream
  ) {
    stream.plan(Self.sequences(stores.count), at: point)
    guard !stream.isStopped else { return }
    let lines = Set(stores.flatMap { $0.parts.map(\.line) }).sorted()
    var permutations = Permutations(
      stores: stores.map { $0.parts.map { part in (lines.firstIndex(of: part.line) ?? 0, part) } },
      base: lines.map { stream[$0] }
    ) { contents in
      for (line, content) in zip(lines, contents) { stream[line] = content }
      stream.emit(at: point)
      return !stream.isStopped
    }
    for (line, content) in zip(lines, permutations.tryAll()) { stream[line] = content }
  }

  /// Sequences of n stores: the sum over k of n!/(n-k)!; `nil` for more stores than are worth a sum.
  private static func sequences(_ count: Int) -> BigUInt? {
    guard count <= 2048 else { return nil }
    return (0..<count).reduce(BigUInt(1)) { sum, index in sum * BigUInt(index + 1) + 1 }
  }
}

/// Goes through the ordered selections of some stores, shorter ones first.
private struct Permutations {
  let stores: [[(slot: Int, part: LineParts.Part)]]
  let base: [LineBytes]
  let visit: ([LineBytes]) -> Bool
  private var isUsed: [Bool]

  init(
    stores: [[(Int, LineParts.Part)]],
    base: [LineBytes],
    visit: @escaping ([LineBytes]) -> Bool
  ) {
    self.stores = stores
    self.base = base
    self.visit = visit
    isUsed = stores.map { _ in false }
  }

  /// Visits until told to stop; returns the lines as they were.
  mutating func tryAll() -> [LineBytes] {
    for length in 0...stores.count {
      guard extend(base, by: length) else { break }
    }
    return base
  }

  /// Visits every selection of `length` further stores on the contents so far, in lexicographic order.
  private mutating func extend(_ contents: [LineBytes], by length: Int) -> Bool {
    if length == 0 { return visit(contents) }
    for index in stores.indices where !isUsed[index] {
      var next = contents
      for (slot, part) in stores[index] {
        next[slot] = next[slot].merging(part.value, mask: part.mask)
      }
      isUsed[index] = true
      let goesOn = extend(next, by: length - 1)
      isUsed[index] = false
      guard goesOn else { return false }
    }
    return true
  }
}
