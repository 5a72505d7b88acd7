import CacheSpecification
import Foundation
import PersistencyModel
import TestSupport
import Testing

/// What a killed `fencepost-cache run random` had printed: what was begun, and what was acknowledged.
struct KilledRun {
  /// Operations begun and acknowledged, in order.
  private(set) var marks: [PlacedMark] = []
  /// The contents that were written.
  private(set) var contents: [Content] = []
  /// Lines that are neither `begin` nor `done` and none of a read.
  private(set) var failures: [String] = []
  /// Operations acknowledged.
  private(set) var acknowledged = 0
  private let blockSize: Int
  private let disk: [UInt8]
  private var opened: Set<UInt32> = []
  private var ids: [[UInt8]: ContentID] = [:]

  /// Reads a log, whose last line may be cut off.
  ///
  /// `before` is what was read before the run, and `disk` what the origin held under it: a discard may bring
  /// that back (G7), so to the specification the first was written durably over the second.
  init(_ log: String, blockSize: Int, before: [UInt8], disk: [UInt8]) {
    self.blockSize = blockSize
    self.disk = disk
    placeEarlier(before)
    let end = log.lastIndex(of: "\n") ?? log.startIndex
    for line in log[..<end].split(separator: "\n") {
      read(line.split(separator: " ").map(String.init))
    }
  }

  /// One forced write of everything that was there.
  private mutating func placeEarlier(_ bytes: [UInt8]) {
    let operation = PersistencyModel.Operation(
      number: .max,
      kind: .write,
      isForced: true,
      sectors: 0..<UInt64(bytes.count / 512),
      contents: stride(from: 0, to: bytes.count, by: blockSize).map {
        id(of: Array(bytes[$0..<($0 + blockSize)]))
      }
    )
    place(.begin(operation))
    place(.acknowledge(.max))
  }

  private mutating func read(_ words: [String]) {
    switch words.first {
    case "begin":
      guard words.count > 2, let number = UInt32(words[1]) else {
        return failures.append("\(words)")
      }
      guard let operation = operation(number, Array(words.dropFirst(2))) else { return }
      opened.insert(number)
      place(.begin(operation))
    case "done":
      guard let number = UInt32(words[1]) else { return failures.append("\(words)") }
      acknowledged += 1
      if opened.contains(number) { place(.acknowledge(number)) }
    default:
      let isRead = words.count == 2 && UInt64(words[0]) != nil
      if !isRead, words.first != "random" { failures.append(words.joined(separator: " ")) }
    }
  }

  private mutating func place(_ mark: Mark) {
    marks.append(PlacedMark(crashPoint: marks.count + 1, mark: mark))
  }

  /// What an operation means to the specification; `nil` for one that changes nothing.
  private mutating func operation(_ number: UInt32, _ words: [String]) -> PersistencyModel
    .Operation?
  {
    switch words[0] {
    case "write": return write(number, Array(words.dropFirst()))
    case "flush": return .init(number: number, kind: .flush)
    // An orderly stop commits.
    case "commit", "reopen": return .init(number: number, kind: .commit)
    case "writeback": return .init(number: number, kind: .writeBack)
    case "discard":
      let first = UInt64(words[1]) ?? 0
      return .init(
        number: number,
        kind: .discard,
        sectors: first..<(first + (UInt64(words[2]) ?? 0))
      )
    default: return nil
    }
  }

  private mutating func write(_ number: UInt32, _ words: [String]) -> PersistencyModel.Operation {
    let first = UInt64(words[0]) ?? 0
    let count = words.first { $0.hasPrefix("x") }.flatMap { UInt64($0.dropFirst()) } ?? 1
    let perBlock = UInt64(blockSize / 512)
    return .init(
      number: number,
      kind: .write,
      isForced: words.contains("fua"),
      sectors: first..<(first + count * perBlock),
      contents: (0..<count).map { block in
        id(of: Self.bytes(UInt64(words[1]) ?? 0, at: first + block * perBlock, size: blockSize))
      }
    )
  }

  private mutating func id(of bytes: [UInt8]) -> ContentID {
    if let id = ids[bytes] { return id }
    let id = ContentID(contents.count)
    contents.append(Content(name: "c\(id)", bytes: bytes))
    ids[bytes] = id
    return id
  }

  /// A block of a workload's content: its number and the place of each word.
  private static func bytes(_ number: UInt64, at sector: UInt64, size: Int) -> [UInt8] {
    (0..<(size / 8)).flatMap { word in
      let value = number | (sector * 64 + UInt64(word)) << 32
      return (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
  }

  /// The promises that `content`, read after the kill, breaks.
  func violations(of content: [UInt8]) throws -> [Violation] {
    // Blocks are committed unsaid by count and by write-back, so that a commit may be anywhere.
    let history = try CacheHistory(
      marks: marks,
      contents: contents,
      eventCount: marks.count,
      blockSize: blockSize,
      origin: .bytes(disk),
      autocommitEvery: 1
    )
    var table = history.contents
    var blocks: [ObservedBlock] = []
    for start in stride(from: 0, to: content.count, by: blockSize) {
      let block = table.intern(Array(content[start..<(start + blockSize)]))
      blocks.append(ObservedBlock(sector: UInt64(start / 512), content: block))
    }
    return history.judge(
      .mounted(blocks),
      in: history.period(at: marks.count),
      contents: table
    )
  }
}
