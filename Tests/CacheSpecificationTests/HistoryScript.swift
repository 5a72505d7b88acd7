import CacheSpecification
import PersistencyModel

/// Writes a trace that is only marks, with blocks of 512 bytes, so that a block is a sector.
struct HistoryScript {
  static let blockSize = 512
  private(set) var trace = Trace(header: TraceHeader(source: .text))
  private var contents: [String: ContentID] = [:]
  private var next: UInt32 = 1

  /// Bytes whose every word tells `name` and its own place.
  static func bytes(_ name: String) -> [UInt8] { versions[name] ?? spelled(name) }

  /// The names that exhaustive tests use over and over.
  private static let versions = Dictionary(
    uniqueKeysWithValues: [1, 2, 3, 4, 99].map { ("v\($0)", spelled("v\($0)")) }
  )

  private static func spelled(_ name: String) -> [UInt8] {
    let seed = name.utf8.reduce(UInt64(7)) { $0 &* 131 &+ UInt64($1) }
    return (0..<64).flatMap { place in
      (0..<8).map { UInt8(truncatingIfNeeded: (seed << 16 | UInt64(place)) >> UInt64($0 * 8)) }
    }
  }

  /// The first half of one content, the second of the other.
  static func torn(_ first: String?, _ second: String?) -> [UInt8] {
    let zeros = [UInt8](repeating: 0, count: blockSize)
    return Array((first.map(bytes) ?? zeros)[..<256] + (second.map(bytes) ?? zeros)[256...])
  }

  @discardableResult mutating func begin(
    _ kind: OperationKind,
    _ sectors: Range<UInt64> = 0..<0,
    _ names: [String] = [],
    isForced: Bool = false
  ) -> UInt32 {
    let number = next
    next += 1
    trace.append(
      .begin(
        Operation(
          number: number,
          kind: kind,
          isForced: isForced,
          sectors: sectors,
          contents: names.map { define($0) }
        )
      )
    )
    return number
  }

  mutating func acknowledge(_ number: UInt32) { trace.append(.acknowledge(number)) }

  mutating func label(_ text: String) { trace.append(.label(text)) }

  @discardableResult mutating func run(
    _ kind: OperationKind,
    _ sectors: Range<UInt64> = 0..<0,
    _ names: [String] = [],
    isForced: Bool = false
  ) -> UInt32 {
    let number = begin(kind, sectors, names, isForced: isForced)
    acknowledge(number)
    return number
  }

  mutating func write(_ sector: UInt64, _ name: String, isForced: Bool = false) {
    run(.write, sector..<(sector + 1), [name], isForced: isForced)
  }

  mutating func flush() { run(.flush) }

  func history(origin: OriginImage = .zeros(length: nil), autocommitEvery: Int? = nil) throws
    -> CacheHistory
  {
    try CacheHistory(
      trace,
      blockSize: Self.blockSize,
      origin: origin,
      autocommitEvery: autocommitEvery
    )
  }

  private mutating func define(_ name: String) -> ContentID {
    if let known = contents[name] { return known }
    let id = trace.define(Content(name: name, bytes: Self.bytes(name)))
    contents[name] = id
    return id
  }
}

extension CacheHistory {
  /// Judges blocks with these bytes at a crash point; the last one if none is given.
  func judge(
    _ blocks: [UInt64: [UInt8]],
    at crashPoint: Int? = nil,
    under contract: Violation.Contract = .cache
  ) -> [Violation] {
    var table = contents
    let observed = blocks.sorted { $0.key < $1.key }.map {
      ObservedBlock(sector: $0.key, content: table.intern($0.value))
    }
    return judge(
      .mounted(observed),
      in: crashPoint.map(period(at:)) ?? periodCount - 1,
      contents: table,
      under: contract
    )
  }

  /// Judges blocks with named contents.
  func judge(
    _ names: [UInt64: String],
    at crashPoint: Int? = nil,
    under contract: Violation.Contract = .cache
  ) -> [Violation] {
    judge(names.mapValues(HistoryScript.bytes), at: crashPoint, under: contract)
  }

  /// Judges an observation that reads no block.
  func judge(_ observation: Observation, at crashPoint: Int? = nil) -> [Violation] {
    judge(
      observation,
      in: crashPoint.map(period(at:)) ?? periodCount - 1,
      contents: contents
    )
  }
}
