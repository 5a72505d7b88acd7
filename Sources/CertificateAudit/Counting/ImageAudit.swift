import BigInt
import PersistencyModel

/// Tells how many images the choices of a trace leave, where that can be said exactly.
///
/// Each choice belongs to the latest store that it keeps something of: images are listed store by store,
/// with the bytes that the guaranteed parts leave below the others.
struct ImageAudit {
  /// Most choices, summed over the shrinking moments and the end, that are looked at one by one.
  static let mostChoices = 1 << 14
  /// Most of these times lines stored to.
  static let mostCells = 1 << 20
  /// Most stores.
  static let mostStores = 1 << 10

  private let space: AddressSpace?
  private let reading: AuditReading
  private let initial: (CacheLine) -> LineBytes
  /// Number of each line that receives something, by line.
  private var lineNumbers: [CacheLine: Int] = [:]
  private var contentNumbers: [LineBytes: Int32] = [:]
  private var images: Set<[Int32]> = []
  private var isTooLong = false
  private let recurs: Bool

  init(_ subject: AuditSubject) {
    space = subject.space
    reading = subject.reading
    initial = subject.initial ?? { _ in LineBytes() }
    recurs = subject.initial != nil && Self.someContentRecurs(in: subject)
    isTooLong = subject.trace.events.count(where: \.kind.isStore) > Self.mostStores
    guard recurs, !isTooLong else { return }
    let stored = subject.trace.events.filter(\.kind.isStore)
      .flatMap { subject.reading.extents(of: $0) }.map(\.line)
      .filter { subject.reading.domain(of: $0, in: subject.space) != .volatile }
    for line in Set(stored).sorted() { lineNumbers[line] = lineNumbers.count }
    note([:], [], subject.trace, grownTo: 1)
  }

  /// What can be said once everything was replayed.
  func result(of tally: AuditTally, initialIsKnown: Bool) -> AuditTally.DistinctImages {
    guard initialIsKnown else { return .unknown }
    guard recurs else { return .noContentRecurs }
    let cells = tally.choicesOfAllPoints * BigUInt(max(lineNumbers.count, 1))
    let isShort =
      tally.choicesOfAllPoints <= BigUInt(Self.mostChoices) && cells <= BigUInt(Self.mostCells)
    return isShort && !isTooLong ? .enumerated(images.count) : .bound
  }

  /// Lists the images of the choices that keep something of the store just issued on `touched`.
  mutating func note(
    _ lines: [CacheLine: AuditedLine],
    _ touched: [CacheLine],
    _ trace: Trace,
    grownTo product: BigUInt
  ) {
    guard recurs, !isTooLong else { return }
    // The next shrinking moment has no fewer choices.
    isTooLong = product > BigUInt(Self.mostChoices)
    if isTooLong { return images = [] }
    var partial = [lineNumbers.sorted { $0.value < $1.value }.map { number(of: initial($0.key)) }]
    if !touched.isEmpty {
      var flagged = partial.map { (image: $0, isNew: false) }
      for line in touched {
        guard let place = lineNumbers[line], let state = lines[line] else { continue }
        let contents = contents(of: state, on: line, state.parts.last?.store, trace)
        flagged = flagged.flatMap { image, isNew in
          contents.map { (image.replacing(place, with: $0), isNew || $1) }
        }
      }
      partial = flagged.filter(\.isNew).map(\.image)
    }
    for line in lines.keys.sorted() where !touched.contains(line) {
      guard let place = lineNumbers[line], let state = lines[line] else { continue }
      let contents = Set(contents(of: state, on: line, nil, trace).map(\.0)).sorted()
      partial = partial.flatMap { image in contents.map { image.replacing(place, with: $0) } }
    }
    images.formUnion(partial)
  }

  /// The contents that a line's down-closed sets leave, and whether each keeps something of `latest`.
  private mutating func contents(
    of state: AuditedLine,
    on line: CacheLine,
    _ latest: Int?,
    _ trace: Trace
  ) -> [(Int32, Bool)] {
    var sets: [(content: LineBytes, lost: [Part], isNew: Bool)] = [(state.durable, [], false)]
    for part in state.parts {
      let bytes = trace.bytes(of: part, on: line)
      sets = sets.flatMap { set in
        var without = set
        without.lost.append(part)
        guard !set.lost.contains(where: { reading.keeps($0, with: part) }) else { return [without] }
        var with = set
        for (place, byte) in bytes.enumerated() { with.content[part.offset + place] = byte }
        with.isNew = with.isNew || part.store == latest
        return [without, with]
      }
    }
    return sets.map { (number(of: $0.content), $0.isNew) }
  }

  private mutating func number(of content: LineBytes) -> Int32 {
    if let known = contentNumbers[content] { return known }
    let number = Int32(contentNumbers.count)
    contentNumbers[content] = number
    return number
  }
}

extension [Int32] {
  fileprivate func replacing(_ place: Int, with number: Int32) -> [Int32] {
    var copy = self
    copy[place] = number
    return copy
  }
}

// Whether contents recur.
extension ImageAudit {
  private struct Value: Hashable {
    var word: UInt64
    var value: UInt64
  }

  /// Whether some word that survives takes a value that it had before.
  ///
  /// If none does, the value of each word tells how many of the parts on it were kept, and so the image
  /// tells the choice.
  private static func someContentRecurs(in subject: AuditSubject) -> Bool {
    guard let initial = subject.initial else { return false }
    var now: [CacheLine: LineBytes] = [:]
    var had: Set<Value> = []
    for event in subject.trace.events where event.kind.isStore {
      let bytes = subject.trace.bytes(of: event)
      for index in CacheLine.covering(event.address, size: UInt64(event.size)) {
        let line = CacheLine(index: index)
        guard subject.reading.domain(of: line, in: subject.space) != .volatile else { continue }
        let before = now[line] ?? initial(line)
        let from = max(event.address, line.address)
        let end = min(event.address + UInt64(event.size) - line.address, CacheLine.size)
        var after = before
        for offset in Int(from - line.address)..<Int(end) {
          after[offset] = bytes[Int(line.address + UInt64(offset) - event.address)]
        }
        now[line] = after
        for word in Int(from - line.address) / 8...(Int(end) - 1) / 8 {
          let name = line.address / 8 + UInt64(word)
          had.insert(Value(word: name, value: before.words[word]))
          guard had.insert(Value(word: name, value: after.words[word])).inserted else {
            return true
          }
        }
      }
    }
    return false
  }
}
