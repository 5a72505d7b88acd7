public import PersistencyModel

/// One product of line-wise ideals: what a crash in some interval of the trace may leave.
struct SlowBox {
  /// Ideals of each line, lines ascending.
  var ideals: [[UInt128]]
}

extension SlowClosedForm {
  /// Last crash point: after every event.
  public var lastPoint: Int { trace.events.count }

  /// Number of choices at a crash point: one ideal for each line.
  public func choiceCount(at point: Int) -> Int {
    lines.reduce(1) { $0 * ideals(line: $1, at: point).count }
  }

  /// Number of distinct images at a crash point.
  public func imageCount(at point: Int) -> Int {
    lines.reduce(1) { $0 * contents(line: $1, at: point).count }
  }

  /// Every image at a crash point, over `imageLines`; `nil` where there are more than `limit`.
  public func images(
    at point: Int,
    over imageLines: [UInt64]? = nil,
    limit: Int = .max
  ) -> Set<[UInt8]>? {
    guard imageCount(at: point) <= limit else { return nil }
    return images(of: box(at: point), over: imageLines ?? lines)
  }

  /// The images after every event is complete.
  public func finalImages(over imageLines: [UInt64]? = nil) -> Set<[UInt8]> {
    images(of: box(at: lastPoint), over: imageLines ?? lines)
  }

  /// Every image of every crash, those inside a store under eADR included; `nil` where some crash point
  /// has more than `limit`.
  public func unionImages(
    over imageLines: [UInt64]? = nil,
    limit: Int = .max
  ) -> Set<[UInt8]>? {
    guard (0...lastPoint).allSatisfy({ choiceCount(at: $0) <= limit }) else { return nil }
    var union: Set<[UInt8]> = []
    for box in boxes() { union.formUnion(images(of: box, over: imageLines ?? lines)) }
    return union
  }

  /// Number of distinct choices over every crash, counted by listing them, those inside a store under
  /// eADR included; `nil` where some crash point has more than `limit`.
  public func unionChoiceCount(limit: Int = .max) -> Int? {
    guard (0...lastPoint).allSatisfy({ choiceCount(at: $0) <= limit }) else { return nil }
    var union: Set<[UInt128]> = []
    for box in boxes() { union.formUnion(product(of: box.ideals)) }
    return union.count
  }

  private func boxes() -> [SlowBox] {
    (0...lastPoint).map { box(at: $0) } + (0..<lastPoint).compactMap { boxInside(event: $0) }
  }

  private func box(at point: Int) -> SlowBox {
    SlowBox(ideals: lines.map { ideals(line: $0, at: point).sorted() })
  }

  /// Crashes inside a cached store to caches that survive: its own pieces are not guaranteed yet.
  private func boxInside(event position: Int) -> SlowBox? {
    guard isCachedStore(trace.events[position]) else { return nil }
    return SlowBox(
      ideals: lines.map { line in
        let own = set(of: line) { $0.event == position }
        let lower = guaranteed(line: line, at: position + 1) & ~own
        return ideals(line: line, from: lower, to: issued(line: line, at: position + 1)).sorted()
      }
    )
  }

  private func isCachedStore(_ event: Event) -> Bool {
    event.kind == .store || event.kind == .lockedStore
  }

  private func images(of box: SlowBox, over imageLines: [UInt64]) -> Set<[UInt8]> {
    let contents = imageLines.map { line -> [[UInt8]] in
      guard let index = lines.firstIndex(of: line) else { return [initialBytes(of: line)] }
      return Array(self.contents(line: line, ofEach: box.ideals[index]))
    }
    return Set(product(of: contents).map { $0.flatMap { $0 } })
  }
}

/// Every way to take one element from each list.
private func product<Element>(of lists: [[Element]]) -> [[Element]] {
  lists.reduce([[]]) { partial, list in partial.flatMap { head in list.map { head + [$0] } } }
}
