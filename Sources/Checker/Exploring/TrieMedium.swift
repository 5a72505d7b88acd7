import PersistencyModel

/// What a run of recovery reads goes through here: into the trie, unless it wrote the bytes itself.
final class TrieRun {
  let box: CrashBox
  /// Bytes of the whole medium before the first event, for lines never stored to.
  let initial: MemoryImage
  var trie = BehaviourTrie()
  /// Set when the same state gave another behaviour: recovery is not deterministic.
  private(set) var divergence: String?

  private var place = BehaviourTrie.Place.root
  private var written: [UInt64: (content: LineBytes, mask: LineBytes)] = [:]

  init(box: CrashBox, initial: MemoryImage) {
    self.box = box
    self.initial = initial
  }

  /// Starts a run in the box's current state.
  func begin() {
    place = .root
    written.removeAll(keepingCapacity: true)
  }

  /// Ends a run with the number of its outcome; returns its leaf, or `nil` when it was not deterministic.
  func end(outcome: Int) -> Int32? {
    guard divergence == nil else { return nil }
    guard let known = trie.node(at: place) else { return trie.addLeaf(outcome: outcome, at: place) }
    guard trie.nodes[Int(known)].isLeaf, trie.outcome(of: known) == outcome else {
      divergence = "the same reads led to another outcome"
      return nil
    }
    return known
  }

  /// The bytes of `range` of a line; the rest of the result is zero.
  func read(_ line: CacheLine, _ range: Range<Int>) -> LineBytes {
    let mask = LineBytes.mask(range)
    guard let own = written[line.index] else { return readCrashState(line, range) }
    var result = own.content.masked(by: LineBytes(words: own.mask.words & mask.words))
    var start = range.lowerBound
    while start < range.upperBound {
      guard own.mask[start] == 0 else {
        start += 1
        continue
      }
      var end = start + 1
      while end < range.upperBound && own.mask[end] == 0 { end += 1 }
      result.words |= readCrashState(line, start..<end).words
      start = end
    }
    return result
  }

  /// Takes note of a store of recovery's own.
  func write(_ line: CacheLine, _ content: LineBytes, mask: LineBytes) {
    let own = written[line.index] ?? (LineBytes(), LineBytes())
    written[line.index] = (
      own.content.merging(content, mask: mask), LineBytes(words: own.mask.words | mask.words)
    )
  }

  private func readCrashState(_ line: CacheLine, _ range: Range<Int>) -> LineBytes {
    guard let slot = box.slot(of: line) else {
      return initial[line].masked(by: LineBytes.mask(range))
    }
    let value = box.current[slot].masked(by: LineBytes.mask(range))
    step(slot, range, value)
    return value
  }

  private func step(_ slot: Int, _ range: Range<Int>, _ value: LineBytes) {
    guard divergence == nil else { return }
    let node: Int32
    if let known = trie.node(at: place) {
      let expected = trie.nodes[Int(known)]
      guard
        Int(expected.slot) == slot, Int(expected.offset) == range.lowerBound,
        Int(expected.size) == range.count
      else {
        divergence = "after the same reads it read something else"
        return
      }
      node = known
    } else {
      node = trie.addRead(slot: slot, offset: range.lowerBound, size: range.count, at: place)
    }
    place = .edge(node: node, value: trie.number(of: value))
  }
}

/// The medium that recovery sees inside the checker.
struct TrieMedium: Medium {
  let run: TrieRun

  var size: Int { run.initial.bytes.count }

  mutating func load64(at offset: Int) -> UInt64 {
    let (line, within) = place(offset)
    return run.read(line, within..<(within + 8)).words[within >> 3]
  }

  mutating func load32(at offset: Int) -> UInt32 {
    let (line, within) = place(offset)
    let word = run.read(line, within..<(within + 4)).words[within >> 3]
    return UInt32(truncatingIfNeeded: word >> UInt64((within & 7) * 8))
  }

  mutating func load(at offset: Int, into destination: inout MutableRawSpan) {
    let count = destination.byteCount
    var done = 0
    while done < count {
      let (line, within) = place(offset + done)
      let length = min(64 - within, count - done)
      let bytes = run.read(line, within..<(within + length))
      for index in 0..<length {
        destination.storeBytes(
          of: bytes[within + index],
          toByteOffset: done + index,
          as: UInt8.self
        )
      }
      done += length
    }
  }

  mutating func store(_ value: UInt64, at offset: Int) { write(value, 8, offset) }
  mutating func store(_ value: UInt32, at offset: Int) { write(UInt64(value), 4, offset) }
  mutating func storeNonTemporal(_ value: UInt64, at offset: Int) { write(value, 8, offset) }
  mutating func storeNonTemporal(_ value: UInt32, at offset: Int) {
    write(UInt64(value), 4, offset)
  }

  mutating func copy(_ bytes: RawSpan, to offset: Int) {
    for index in 0..<bytes.byteCount { write(UInt64(bytes.byte(at: index)), 1, offset + index) }
  }
  mutating func copyNonTemporal(_ bytes: RawSpan, to offset: Int) { copy(bytes, to: offset) }

  mutating func writeBackLine(at offset: Int) {}
  mutating func requestFlush(_ range: Range<Int>) {}
  mutating func fence() {}

  private func place(_ offset: Int) -> (CacheLine, Int) {
    precondition(offset >= 0 && offset < size, "Recovery stays inside the medium")
    let address = run.initial.base + UInt64(offset)
    return (CacheLine(containing: address), Int(address % CacheLine.size))
  }

  private func write(_ value: UInt64, _ size: Int, _ offset: Int) {
    let (line, within) = place(offset)
    var content = LineBytes()
    content.words[within >> 3] = value << UInt64((within & 7) * 8)
    run.write(line, content, mask: LineBytes.mask(within..<(within + size)))
  }
}
