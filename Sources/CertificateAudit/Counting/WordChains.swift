import BigInt

/// Counts the down-closed sets of one line's parts by a transfer along its eight words.
///
/// Parts on a common word are totally ordered, so that a set keeps of each word a leading run of the
/// word's parts: its *height*. A set is eight heights that agree where something lies across two
/// neighbouring words, which is again a chain: so one number per boundary carries everything from left to
/// right. Line order is summed out: the first cached store that is not kept whole splits the sets. Time:
/// stores times parts at most, and linear where the order is by words.
struct WordChains {
  /// Something across the boundary of two words: of one part, or of two parts of an ascending store.
  private struct Link {
    /// Whether both sides are kept or lost together; else the right one may be lost alone.
    var isWhole: Bool
    /// Places in the chains of the left and the right word.
    var left: Int
    var right: Int
  }

  private let reading: AuditReading
  /// Cached stores, ascending.
  private var stores: [Int] = []
  /// Parts of each word, in issue order: the store, or `nil` for one that bypasses the cache.
  private var chains: [[Int?]]
  /// Links across the boundary on the left of each word, in issue order.
  private var links: [[Link]]

  init(_ parts: [Part], _ reading: AuditReading) {
    self.reading = reading
    chains = Array(repeating: [], count: 8)
    links = Array(repeating: [], count: 8)
    var before: Part?
    for part in parts {
      if !part.bypassesCache, stores.last != part.store { stores.append(part.store) }
      for word in part.words {
        chains[word].append(part.bypassesCache ? nil : part.store)
        let isFirst = word == part.words.lowerBound
        if !isFirst || follows(part, before) { link(word, isWhole: !isFirst) }
      }
      before = part
    }
  }

  /// Number of sets.
  func count() -> BigUInt {
    let all = chains.map { 0...$0.count }
    guard reading.ordering == .line, !stores.isEmpty else { return transfer(all) }
    var total: BigUInt = 0
    var kept = chains.map { _ in 0 }
    for (index, store) in stores.enumerated() {
      let upper = heights(before: index + 1 < stores.count ? stores[index + 1] : nil, above: kept)
      let unrestricted = transfer(zip(kept, upper).map { $0...$1 })
      kept = heights(keeping: store, from: kept, to: upper)
      let whole = transfer(zip(kept, upper).map { $0...$1 })
      total += unrestricted - whole
      if index + 1 == stores.count { total += whole }
    }
    return total
  }

  /// Whether the part needs the one before it, in the word to its left, of an ascending store.
  private func follows(_ part: Part, _ before: Part?) -> Bool {
    guard let before, reading.splitting == .w8seq, !part.bypassesCache else { return false }
    return before.store == part.store && before.words.upperBound + 1 == part.words.lowerBound
  }

  private mutating func link(_ word: Int, isWhole: Bool) {
    links[word].append(
      Link(isWhole: isWhole, left: chains[word - 1].count - 1, right: chains[word].count - 1)
    )
  }

  /// The greatest heights without a part of `next` or a later cached store.
  private func heights(before next: Int?, above low: [Int]) -> [Int] {
    chains.indices.map { word in
      guard let next else { return chains[word].count }
      return chains[word][low[word]...].firstIndex { ($0 ?? -1) >= next } ?? chains[word].count
    }
  }

  /// The least heights that keep every part of `store`.
  private func heights(keeping store: Int, from low: [Int], to high: [Int]) -> [Int] {
    chains.indices.map { word in
      let own = chains[word][low[word]..<high[word]].lastIndex { $0 == store }
      return own.map { $0 + 1 } ?? low[word]
    }
  }

  /// Number of ways to choose a height of each range so that neighbours agree.
  private func transfer(_ ranges: [ClosedRange<Int>]) -> BigUInt {
    // Ways by the number of links of the boundary that are kept on its left.
    var ways: [BigUInt] = [1]
    for word in chains.indices {
      let next = word + 1 < links.count ? links[word + 1] : []
      var following = [BigUInt](repeating: 0, count: next.count + 1)
      var onLeft = 0
      var onRight = 0
      var reached: BigUInt = 0
      var isStale = true
      for height in 0...ranges[word].upperBound {
        while onLeft < links[word].count, links[word][onLeft].right < height {
          onLeft += 1
          isStale = true
        }
        while onRight < next.count, next[onRight].left < height { onRight += 1 }
        guard height >= ranges[word].lowerBound else { continue }
        if isStale { reached = sum(ways, from: onLeft, links[word]) }
        isStale = false
        following[onRight] += reached
      }
      ways = following
    }
    return ways.reduce(0, +)
  }

  /// Ways in which at least `kept` links are kept on the left, and no whole one beyond these.
  private func sum(_ ways: [BigUInt], from kept: Int, _ links: [Link]) -> BigUInt {
    let end = links[kept...].firstIndex { $0.isWhole } ?? links.count
    return ways[kept...end].reduce(0, +)
  }
}
