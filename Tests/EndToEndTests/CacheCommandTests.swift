import Foundation
import TestSupport
import Testing

/// What a run of `fencepost-cache` left.
private struct Run {
  var status: Int32
  var output: [UInt8]
  var errors: String
}

/// The samples, unpacked once into a directory of this run.
private let images = Result {
  let directory = FileManager.default.temporaryDirectory
    .appendingPathComponent("fencepost-cache-\(ProcessInfo.processInfo.processIdentifier)")
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  for file in try FileManager.default.contentsOfDirectory(atPath: samples.path)
  where file.hasSuffix(".zst") && !file.hasPrefix("basic") {
    let bytes = try decompressedFile(samples.appendingPathComponent(file))
    try Data(bytes).write(to: directory.appendingPathComponent(String(file.dropLast(4))))
  }
  return directory
}

private let samples = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("traces/samples/dm-writecache")

/// Runs the tool in the directory of the images.
private func run(_ arguments: String...) throws -> Run {
  let process = Process()
  process.executableURL = Bundle.main.bundleURL.appendingPathComponent("fencepost-cache")
  process.arguments = arguments
  process.currentDirectoryURL = try images.get()
  let errors = try images.get().appendingPathComponent("errors-\(UUID().uuidString)")
  try Data().write(to: errors)
  process.standardError = try FileHandle(forWritingTo: errors)
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  let bytes = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return Run(
    status: process.terminationStatus,
    output: [UInt8](bytes),
    errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self)
  )
}

private struct Manifest: Decodable {
  struct Image: Decodable {
    var name: String
    var start_sector: Int
    var block_size: Int
    var kernel_recovered: [String: String]
    var entries: [[Field]]
  }
  enum Field: Decodable, Equatable {
    case number(Int64)
    case text(String)

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      self = try (try? .number(value.decode(Int64.self))) ?? .text(value.decode(String.self))
    }
  }
  var images: [Image]

  static let shared: [Image] =
    (try? JSONDecoder().decode(
      Manifest.self,
      from: Data(contentsOf: samples.appendingPathComponent("manifest.json"))
    ))?
    .images ?? []
}

/// What `inspect --json` prints, as far as it is looked at here.
private struct Report: Decodable {
  struct Entry: Decodable {
    var index: Int64
    var sector: String
    var seq: String
    var state: String
  }
  struct Refused: Decodable {
    var field: String
    var position: Int
  }
  struct Kept: Decodable {
    var sector: String
    var entry: Int
  }
  struct Recovery: Decodable {
    var kept: [Kept]
    var errorState: String?
  }
  var entries: [Entry]
  var refused: Refused?
  var recovery: Recovery?
}

@Suite struct CacheCommandTests {
  @Test(arguments: Manifest.shared.map(\.name))
  func inspectAgreesWithTheManifest(_ name: String) throws {
    let sample = try #require(Manifest.shared.first { $0.name == name })
    let run = try run(
      "inspect",
      "--json",
      "--start-sector",
      "\(sample.start_sector)",
      "\(name).cache"
    )
    #expect(run.status == 0)
    let report = try JSONDecoder().decode(Report.self, from: Data(run.output))
    let found = report.entries.map { entry in
      [
        Manifest.Field.number(entry.index), .number(Int64(entry.sector) ?? -2),
        .number(Int64(bitPattern: UInt64(entry.seq) ?? 0)),
        .text(entry.state == "superseded" ? "committed" : entry.state),
      ]
    }
    #expect(found == sample.entries.map { Array($0.prefix(4)) })
  }

  @Test(arguments: Manifest.shared.map(\.name))
  func readAgreesWithTheManifest(_ name: String) throws {
    let sample = try #require(Manifest.shared.first { $0.name == name })
    let originName = "\(name).origin"
    let hasOrigin = FileManager.default.fileExists(
      atPath: try images.get().appendingPathComponent(originName).path
    )
    let run = try run(
      "read",
      "--start-sector",
      "\(sample.start_sector)",
      "--sector",
      "0",
      "--count",
      "2048",
      "--origin",
      hasOrigin ? originName : "zeros",
      "\(name).cache"
    )
    #expect(run.status == 0)
    #expect(run.output.count == 1 << 20)
    for (block, tag) in sample.kernel_recovered {
      let start = (Int(block) ?? 0) * sample.block_size
      let expected = [0x5450_4357, UInt32(tag.dropFirst(2), radix: 16) ?? 0, UInt32(start / 512)]
        .flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
      #expect(Array(run.output[start..<(start + 12)]) == expected, "block \(block)")
    }
  }

  @Test(arguments: [
    ("bad-format-torn-before-magic", "magic", 0), ("bad-magic-bad", "magic", 0),
    ("bad-version-2", "version", 4), ("bad-n-blocks-too-big", "n_blocks", 16),
  ])
  func aRefusedImageIsShownAndEndsWith65(_ name: String, _ field: String, _ position: Int) throws {
    let inspected = try run("inspect", "--json", "\(name).cache")
    #expect(inspected.status == 65)
    let report = try JSONDecoder().decode(Report.self, from: Data(inspected.output))
    #expect(report.refused?.field == field)
    #expect(report.refused?.position == position)
    #expect(inspected.errors.contains("\(name).cache: "))
    #expect(inspected.errors.contains("(byte \(position) of the cache device)"))
    let read = try run("read", "--sector", "0", "--count", "8", "\(name).cache")
    #expect(read.status == 65)
    #expect(read.output.isEmpty)
  }

  @Test func identicalEntriesAreAnErrorStateInWhichReadsGoOn() throws {
    let inspected = try run("inspect", "--json", "bad-identical-entries.cache")
    #expect(inspected.status == 0)
    let report = try JSONDecoder().decode(Report.self, from: Data(inspected.output))
    #expect(report.recovery?.errorState?.contains("entries 0 and 1") == true)
    #expect(report.recovery?.kept.map(\.entry) == [1, 2, 3, 4])
    let read = try run("read", "--sector", "40", "--count", "8", "bad-identical-entries.cache")
    #expect(read.status == 0)
    #expect(read.output.count == 4096)
    #expect(read.errors.contains("error state"))
  }

  @Test func severalImagesAreTheDevicesOfAStack() throws {
    let whole = try run("inspect", "two-linear-flushed.cache")
    let devices = ["two-linear-flushed.pmem1", "two-linear-flushed.pmem2"]
    let joined = try run("inspect", devices[0], devices[1])
    let described = try run("inspect", "--devices", "linear:2M,2M", devices[0], devices[1])
    #expect(whole.status == 0)
    #expect(joined.output == whole.output)
    #expect(described.output == whole.output)
    let swapped = try run("inspect", devices[1], devices[0])
    #expect(swapped.output != whole.output)
    let alone = try run("inspect", devices[0])
    #expect(alone.status == 65)
  }

  @Test func sectorsNeedNotBeWholeBlocks() throws {
    let image = "bs4096-05-overwrite-flushed.cache"
    let whole = try run("read", "--sector", "0", "--count", "24", "--origin", "zeros", image)
    let part = try run("read", "--sector", "7", "--count", "10", "--origin", "zeros", image)
    #expect(part.output == Array(whole.output[(7 * 512)..<(17 * 512)]))
  }

  @Test func whatIsNowhereIsAnErrorAndNothingIsPrinted() throws {
    let image = "bs4096-05-overwrite-flushed.cache"
    let missing = try run("read", "--sector", "8", "--count", "9", image)
    #expect(missing.status == 65)
    #expect(missing.output.isEmpty)
    #expect(missing.errors.contains("sector 16 is not cached"))
    let beyond = try run(
      "read",
      "--sector",
      "2047",
      "--count",
      "2",
      "--origin",
      "bs4096-09-reuse.origin",
      image
    )
    #expect(beyond.status == 65)
    #expect(beyond.output.isEmpty)
  }

  @Test func wrongArgumentsAndFilesHaveTheirStatus() throws {
    let image = "bs4096-00-fresh.cache"
    #expect(try run("inspect").status == 64)
    #expect(try run("read", "--sector", "0", "--count", "0", image).status == 64)
    #expect(try run("inspect", "--devices", "ring:2M", image).status == 64)
    #expect(try run("inspect", "--devices", "linear:1M,1M", image).status == 64)
    #expect(try run("inspect", "--devices", "linear:4M", image).status == 65)
    #expect(try run("inspect", "--block-size", "512", image).status == 65)
    #expect(try run("inspect", "--block-size", "1000", image).status == 65)
    #expect(try run("inspect", "--start-sector", "4096", image).status == 65)
    #expect(try run("inspect", "no-such-file").status == 74)
    #expect(try run("inspect", ".").status == 74)
  }

  @Test func imagesAreNeverModified() throws {
    for name in ["bs4096-03-overwrite-unflushed", "bad-identical-entries"] {
      let url = try images.get().appendingPathComponent("\(name).cache")
      let before = try Data(contentsOf: url)
      _ = try run("inspect", "\(name).cache")
      _ = try run("read", "--sector", "0", "--count", "8", "--origin", "zeros", "\(name).cache")
      let after = try Data(contentsOf: url)
      #expect(after == before)
    }
  }
}
