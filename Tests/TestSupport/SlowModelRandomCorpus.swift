public import Foundation
public import PersistencyModel

/// One line of a corpus of random traces.
public struct RandomCorpusTrace: Decodable, Sendable {
  /// One event, at a flat address.
  public struct Step: Decodable, Sendable {
    /// Its kind.
    public var op: String
    /// Its address, where it has one.
    public var addr: UInt64?
    /// Bytes stored, where it stores.
    public var hex: String?
  }

  /// What a line may hold at a crash point.
  public struct LineContents: Decodable, Hashable, Sendable {
    /// Number of distinct contents.
    public var n: Int
    /// Their digest.
    public var hash: String

    /// Of a set of contents.
    public init(of contents: Set<[UInt8]>) {
      n = contents.count
      hash = SlowModelDigest.shortHex(ofSorted: contents)
    }
  }

  /// What is expected at a crash point.
  public struct Point: Decodable, Sendable {
    /// Distinct images.
    public var count: Int
    /// Choices.
    public var vectors: Int
    /// By line.
    public var lines: [LineContents]
  }

  /// What is expected over all crash points; parts that are not known are absent.
  public struct Union: Decodable, Sendable {
    /// Distinct images.
    public var count: Int?
    /// Their digest.
    public var hash: String?
    /// Choices.
    public var vectors: Int?
  }

  /// Identity.
  public var seed: Int
  /// `adr` or `eadr`.
  public var model: String
  /// The tear mode.
  public var tear: String
  /// Number of lines, from 0.
  public var lines: UInt64
  /// Memory before the first event, as hexadecimal digits.
  public var initial: String
  /// The events.
  public var events: [Step]
  /// What is expected at each crash point, from point 0.
  public var points: [Point]
  /// What is expected over all of them.
  public var union: Union

  private enum CodingKeys: String, CodingKey {
    case seed, model, tear, lines, events, points, union
    case initial = "init"
  }

  /// Reads a file of one JSON object a line.
  ///
  /// - Throws: what `JSONDecoder` or reading the file throws.
  public static func read(_ file: URL) throws -> [RandomCorpusTrace] {
    try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(RandomCorpusTrace.self, from: $0)
    }
  }

  /// The trace.
  public var trace: Trace {
    var trace = Trace()
    for step in events {
      if let kind = Self.storeKinds[step.op] {
        trace.appendStore(kind, address: step.addr ?? 0, bytes: [UInt8](hex: step.hex ?? ""))
      } else if let kind = Self.otherKinds[step.op] {
        trace.append(Event(kind, address: step.addr ?? 0, size: kind.isLineFlush ? 64 : 0))
      } else {
        preconditionFailure("\(step.op) is a known event")
      }
    }
    return trace
  }

  /// Memory before the first event.
  public var initialLines: [UInt64: LineBytes] {
    let bytes = [UInt8](hex: initial)
    return Dictionary(
      uniqueKeysWithValues: (0..<lines).map { ($0, LineBytes(bytes.dropFirst(Int($0) * 64))) }
    )
  }

  /// The reading that it asks for.
  public var reading: SlowReading {
    guard let tearing = SlowTearing(rawValue: tear), let domain = PersistenceDomain(rawValue: model)
    else { preconditionFailure("Trace \(seed) has a known tear mode and domain") }
    return SlowReading(tearing: tearing, domain: domain)
  }

  private static let storeKinds: [String: EventKind] = [
    "store": .store, "nt": .nonTemporalStore, "rmw": .lockedStore,
  ]
  private static let otherKinds: [String: EventKind] = [
    "clflush": .clflush, "clflushopt": .clflushopt, "clwb": .clwb, "sfence": .sfence,
    "mfence": .mfence,
  ]
}
