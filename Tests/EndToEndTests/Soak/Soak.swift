import CacheSpecification
import Foundation
import TestSupport
import Testing

/// A cache that is used, killed, and looked at, over and over.
///
/// A killed process loses what is in its memory and nothing that it stored: page cache and disk live on. So this
/// tests the *order* in which the program stores, and recovery; whether a power cut finds the stores in
/// persistent memory is what `fencepost check` is for.
struct Soak {
  /// What a cache of the soak is like.
  struct Setting: CustomStringConvertible {
    var blockSize: Int
    var strategy: String
    var cacheBytes: Int
    var originBlocks: Int
    var options: [String] = []

    var description: String {
      ([
        "\(blockSize)-byte blocks", strategy, "\(cacheBytes) bytes of cache",
        "\(originBlocks) blocks",
      ]
        + options).joined(separator: ", ")
    }
  }

  let setting: Setting
  private let scratch: Scratch
  private var random: SplitMix64
  private var content: [UInt8]
  /// What the origin holds under the cache.
  private var disk: [UInt8]
  private(set) var operations = 0
  private(set) var earlyKills = 0
  private(set) var uncommitted = 0

  /// Makes the files.
  init(_ setting: Setting, seed: UInt64) throws {
    self.setting = setting
    scratch = try Scratch(inMemory: true)
    random = SplitMix64(seed: seed)
    content = [UInt8](repeating: 0, count: setting.originBlocks * setting.blockSize)
    disk = content
    let created = try Tool.cache.run(
      [
        "create", "cache.pmem", "--size", "\(setting.cacheBytes)", "--origin", "disk.img",
        "--origin-size", "\(content.count)", "--block-size", "\(setting.blockSize)",
      ],
      in: scratch.url
    )
    try #require(created.status == 0, "\(created.errors)")
  }

  /// Runs the cache, kills it, and returns what is wrong with what it left.
  mutating func kill() throws -> [String] {
    let seed = random.next()
    // Some are killed while the cache is opened, the others at work.
    let isEarly = random.next() % 8 == 0
    let delay = UInt32.random(in: 0..<20_000, using: &random)
    let log = scratch.path("log")
    try scratch.file("log", [])
    let run = try Tool.cache.run(
      [
        "run", "random", "cache.pmem", "--origin", "disk.img", "--count", "0", "--seed", "\(seed)",
        "--strategy", setting.strategy,
      ] + setting.options,
      in: scratch.url,
      output: log
    ) { id in
      if !isEarly { Self.waitForLine(in: log) }
      usleep(delay)
      Foundation.kill(id, SIGKILL)
    }
    guard run.isSignalled else { return ["the run ended with \(run.status): \(run.errors)"] }
    earlyKills += isEarly ? 1 : 0
    return try judge(try String(contentsOfFile: log, encoding: .utf8), seed: seed)
  }

  private mutating func judge(_ log: String, seed: UInt64) throws -> [String] {
    let killed = KilledRun(log, blockSize: setting.blockSize, before: content, disk: disk)
    var faults = killed.failures
    operations += killed.acknowledged
    let found = try decoded(&faults)
    let read = try Tool.cache.run(
      [
        "read", "cache.pmem", "--origin", "disk.img", "--sector", "0", "--count",
        "\(content.count / 512)",
      ],
      in: scratch.url
    )
    if read.output != found {
      faults.append("read returns something else than the decoder: \(read.errors)")
    }
    faults += try killed.violations(of: found)
      .map { "\($0.kind) (\($0.guarantee)): \($0.promise)" }
    content = found
    return faults.map { "workload seed \(seed): \($0)" }
  }

  /// What the files hold, by the second decoder.
  private mutating func decoded(_ faults: inout [String]) throws -> [UInt8] {
    let origin = [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.path("disk.img"))))
    disk = origin
    let media = [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.path("cache.pmem"))))
    guard let cache = try DecodedCache(media, blockSize: setting.blockSize) else {
      faults.append("the cache reads as never formatted")
      return origin
    }
    if cache.hasIdenticalEntries { faults.append("two committed entries are identical") }
    if cache.entries.contains(where: { $0.sequence > cache.counter && $0.sequence != .max }) {
      faults.append("an entry is above the counter")
    }
    uncommitted += cache.entries.contains { $0.sequence == cache.counter } ? 1 : 0
    return cache.content(over: origin)
  }

  /// Waits, for some seconds at most, until a program has printed something.
  private static func waitForLine(in path: String) {
    var status = stat()
    for _ in 0..<20_000 {
      if stat(path, &status) == 0, status.st_size > 0 { return }
      usleep(250)
    }
  }
}
