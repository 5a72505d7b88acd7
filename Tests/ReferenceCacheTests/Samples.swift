import Foundation
import ReferenceCache
import TestSupport
import Testing

/// The kernel's own images with what is known of each (`traces/samples/dm-writecache`).
struct SampleManifest: Decodable {
  var images: [SampleImage]
  var crafted: [CraftedImage]

  enum CodingKeys: String, CodingKey {
    case images
    case crafted = "crafted_images"
  }

  static let shared: SampleManifest = {
    do {
      let data = try Data(contentsOf: Samples.directory.appendingPathComponent("manifest.json"))
      return try JSONDecoder().decode(SampleManifest.self, from: data)
    } catch {
      fatalError("The manifest of the samples cannot be read: \(error)")
    }
  }()
}

/// An image that the driver left behind.
struct SampleImage: Decodable, CustomTestStringConvertible {
  var name: String
  var blockSize: Int
  var startSector: UInt64
  var ops: [String]
  var durable: [String: String?]
  var files: [SampleFile]
  var superblock: SampleSuperblock
  var entries: [SampleEntry]
  var recovered: [String: String]
  var sequenceAfter: UInt64

  enum CodingKeys: String, CodingKey {
    case name, ops, durable, files, superblock, entries
    case blockSize = "block_size"
    case startSector = "start_sector"
    case recovered = "kernel_recovered"
    case sequenceAfter = "kernel_seq_after_recovery"
  }

  var testDescription: String { name }

  var options: CacheOptions {
    CacheOptions(blockSize: blockSize, startSector: startSector)
  }

  /// Content tag of each block number that the kernel returned after recovery.
  var recoveredTags: [UInt64: UInt32] {
    Dictionary(
      uniqueKeysWithValues: recovered.map { (UInt64($0.key) ?? .max, Samples.number($0.value)) }
    )
  }

  /// Content tag of each block number that must survive.
  var durableTags: [UInt64: UInt32] {
    Dictionary(
      uniqueKeysWithValues: durable.compactMap { block, tag in
        tag.map { (UInt64(block) ?? .max, Samples.number($0)) }
      }
    )
  }

  func image(role: String) throws -> [UInt8] {
    guard let file = files.first(where: { $0.role == role }) else {
      throw ZstdFileError(reason: "\(name) has no file \(role)")
    }
    if let zeros = file.zeros { return [UInt8](repeating: 0, count: zeros) }
    return try Samples.image(file.file ?? "")
  }
}

struct SampleFile: Decodable {
  var role: String
  var file: String?
  var zeros: Int?
}

struct SampleSuperblock: Decodable {
  var magic: String
  var version: UInt32
  var block_size: UInt32
  var n_blocks: UInt64
  var seq_count: UInt64
  var padding_zero: Bool
  var data_offset: Int
}

/// `[index, sector, seq, state, data]`; sequence -1 is all ones.
struct SampleEntry: Decodable {
  var index: Int
  var sector: UInt64
  var sequence: UInt64
  var state: String

  init(from decoder: any Decoder) throws {
    var fields = try decoder.unkeyedContainer()
    index = try fields.decode(Int.self)
    sector = UInt64(bitPattern: try fields.decode(Int64.self))
    sequence = UInt64(bitPattern: try fields.decode(Int64.self))
    state = try fields.decode(String.self)
  }
}

/// An image edited by hand, with the kernel's reaction.
struct CraftedImage: Decodable, CustomTestStringConvertible {
  var name: String
  var createResult: Int
  var kernelLog: [String]
  var files: [SampleFile]
  var firstEntriesAfter: [[Int64]]?
  var reads: [String: String]?

  enum CodingKeys: String, CodingKey {
    case name, files, reads
    case createResult = "create_rc"
    case kernelLog = "kernel_log"
    case firstEntriesAfter = "first_entries_after"
  }

  var testDescription: String { name }
}

/// Files of the samples and the pattern that fills their blocks.
enum Samples {
  static let directory = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("traces/samples/dm-writecache")

  static func image(_ name: String) throws -> [UInt8] {
    try decompressedFile(directory.appendingPathComponent(name))
  }

  static func number(_ text: String) -> UInt32 { UInt32(text.dropFirst(2), radix: 16) ?? 0 }

  /// A block of the manifest's pattern: lines of 16 bytes, each with tag, sector and its own number,
  /// which counts on from sector to sector.
  static func block(tag: UInt32, sector: UInt64, size: Int) -> [UInt8] {
    (0..<(size / 16)).flatMap { index in
      let line = UInt32(truncatingIfNeeded: index % 32)
      let ownSector = UInt32(sector) + UInt32(index / 32)
      let words = [0x5450_4357, tag, ownSector, line | ~line << 16]
      return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    }
  }
}
