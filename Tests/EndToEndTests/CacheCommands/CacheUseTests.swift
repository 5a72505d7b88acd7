import Foundation
import TestSupport
import Testing

/// `fencepost-cache create`, `write`, `discard`, `flush`, `writeback` and `status` on files.
@Suite struct CacheUseTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch(inMemory: true) }

  private func tool(_ arguments: String..., input: [UInt8] = []) throws -> ToolRun {
    let run = try Tool.cache.run(arguments, input: input, in: scratch.url)
    #expect(!run.isSignalled, "\(run.errors)")
    return run
  }

  private func create(_ arguments: String...) throws {
    let run = try Tool.cache.run(
      ["create", "c", "--size", "64K", "--origin", "o", "--origin-size", "64K"] + arguments,
      in: scratch.url
    )
    try #require(run.status == 0, "\(run.errors)")
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.path(name))))
  }

  private func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  @Test(arguments: [512, 1024, 2048, 4096])
  func whatIsWrittenIsReadByTheToolAndByTheSecondDecoder(_ blockSize: Int) throws {
    try create("--block-size", "\(blockSize)")
    // Neither end is at a block of 1024 bytes or more.
    let content = noise(11 * 512, seed: UInt64(blockSize))
    #expect(try tool("write", "c", "--origin", "o", "--sector", "3", input: content).status == 0)
    let read = try tool("read", "c", "--origin", "o", "--sector", "3", "--count", "11")
    #expect(read.output == content)
    let origin = [UInt8](repeating: 0, count: 64 << 10)
    let cache = try #require(try DecodedCache(bytes("c"), blockSize: blockSize))
    var expected = origin
    expected.replaceSubrange((3 * 512)..<(14 * 512), with: content)
    #expect(cache.content(over: origin) == expected)
    #expect(try bytes("o") == origin)
    #expect(try tool("writeback", "c", "--origin", "o").status == 0)
    #expect(try bytes("o") == expected)
    let status = try tool("status", "c")
    #expect(status.text.contains("cached       0\n"))
  }

  @Test func anAbandonedWriteIsDroppedAndAForcedOneIsNot() throws {
    try create("--block-size", "512")
    let first = noise(512, seed: 1)
    let second = noise(512, seed: 2)
    _ = try tool("write", "c", "--origin", "o", "--sector", "0", "--fua", "--abandon", input: first)
    _ = try tool("write", "c", "--origin", "o", "--sector", "1", "--abandon", input: second)
    #expect(try tool("status", "c").text.contains("to drop      1 uncommitted"))
    let before = try bytes("c")
    let read = try tool("read", "c", "--origin", "o", "--sector", "0", "--count", "2")
    #expect(read.output == first + [UInt8](repeating: 0, count: 512))
    #expect(try bytes("c") == before, "A read changes nothing")
    #expect(try tool("flush", "c", "--origin", "o").status == 0)
    #expect(try tool("status", "c").text.contains("to drop      0 uncommitted"))
  }

  @Test func aDiscardedBlockIsNotCachedAnyMore() throws {
    try create("--block-size", "512")
    _ = try tool("write", "c", "--origin", "o", "--sector", "4", input: noise(1024, seed: 3))
    #expect(try tool("discard", "c", "--origin", "o", "--sector", "4", "--count", "1").status == 0)
    #expect(try tool("status", "c").text.contains("cached       1\n"))
    let read = try tool("read", "c", "--origin", "o", "--sector", "4", "--count", "1")
    #expect(read.output == [UInt8](repeating: 0, count: 512))
  }

  @Test func createKeepsWhatIsThereUnlessItIsForced() throws {
    try create("--block-size", "512")
    _ = try tool("write", "c", "--origin", "o", "--sector", "0", input: noise(512, seed: 4))
    let before = try bytes("c")
    let again = try tool("create", "c")
    #expect(again.status == 65)
    #expect(again.errors.contains("are not both 0"))
    #expect(try bytes("c") == before)
    #expect(try tool("create", "c", "--block-size", "512", "--force").status == 0)
    #expect(try tool("status", "c").text.contains("cached       0\n"))
  }

  @Test func aCreationThatFailsLeavesNoFiles() throws {
    #expect(try tool("create", "c").status == 64)
    #expect(try tool("create", "c", "--size", "3K").status == 65)
    #expect(try tool("create", "c", "--size", "1000").status == 65)
    #expect(try tool("create", "c", "--size", "8K", "--origin", "o").status == 64)
    #expect(try tool("create", "c", "--size", "8K", "--block-size", "77").status == 65)
    #expect(
      try tool("create", "c", "d", "--size", "8K", "--origin", "no/o", "--origin-size", "8K").status
        == 74
    )
    #expect(try tool("create", "c", "d", "--devices", "linear:8K").status == 64)
    #expect(try scratch.names.allSatisfy { !["c", "d", "o"].contains($0) })
  }

  @Test(arguments: ["linear:16K,48K", "striped:4K:32K,32K"])
  func severalFilesAreDevicesOfAStack(_ devices: String) throws {
    let files = ["c0", "c1", "--devices", devices]
    let disk = ["--origin", "o"]
    let made = try Tool.cache.run(
      ["create"] + files + disk + ["--origin-size", "64K", "--block-size", "512"],
      in: scratch.url
    )
    #expect(made.status == 0, "\(made.errors)")
    let content = noise(40 * 512, seed: 5)
    let wrote = try Tool.cache.run(
      ["write"] + files + disk + ["--sector", "8"],
      input: content,
      in: scratch.url
    )
    #expect(wrote.status == 0, "\(wrote.errors)")
    let read = try Tool.cache.run(
      ["read"] + files + disk + ["--sector", "8", "--count", "40"],
      in: scratch.url
    )
    #expect(read.output == content)
    // The bytes of the stack, put together by hand.
    let parts = [try bytes("c0"), try bytes("c1")]
    let joined =
      devices.hasPrefix("linear")
      ? parts[0] + parts[1]
      : stride(from: 0, to: 32 << 10, by: 4096).flatMap { at in
        parts.flatMap { $0[at..<(at + 4096)] }
      }
    let cache = try #require(try DecodedCache(joined, blockSize: 512))
    let found = cache.content(over: [UInt8](repeating: 0, count: 64 << 10))
    #expect(Array(found[(8 * 512)..<(48 * 512)]) == content)
  }

  @Test func wrongRequestsHaveTheirSentencesAndChangeNothing() throws {
    try create("--block-size", "4096")
    let before = try bytes("c")
    let odd = try tool("write", "c", "--origin", "o", "--sector", "0", input: [1, 2, 3])
    #expect(odd.status == 64)
    #expect(odd.errors.contains("3 bytes are no whole number of 512-byte sectors"))
    let beyond = try tool(
      "write",
      "c",
      "--origin",
      "o",
      "--sector",
      "127",
      input: noise(1024, seed: 6)
    )
    #expect(beyond.status == 64)
    #expect(beyond.errors.contains("reach beyond the origin of 128 sectors"))
    let part = try tool("discard", "c", "--origin", "o", "--sector", "1", "--count", "1")
    #expect(part.status == 64)
    #expect(try tool("write", "c", "--origin", "none", "--sector", "0").status == 64)
    #expect(
      try tool("write", "c", "--origin", "none", "--sector", "0", input: noise(512, seed: 7)).status
        == 74
    )
    #expect(try tool("flush", "c", "--origin", "o", "--high-watermark", "101").status == 64)
    #expect(try tool("flush", "c", "--origin", "o", "--defect", "S99").status == 64)
    #expect(try tool("flush", "o", "--origin", "c").status == 65)
    #expect(try tool("flush", "c", "--origin", "o", "--block-size", "512").status == 65)
    #expect(try bytes("c") == before)
  }

  @Test func oneProcessAtATimeHasACache() throws {
    try create()
    var second: ToolRun?
    // Asked before, the second process would be the first.
    let isLocked = { (id: pid_t) in
      let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8)
      return locks?.contains(" WRITE \(id) ") == true
    }
    let first = try Tool.cache.run(
      ["run", "random", "c", "--origin", "o", "--count", "0"],
      in: scratch.url
    ) { id in
      for _ in 0..<4_000 where !isLocked(id) { usleep(5_000) }
      second = try? Tool.cache.run(["status", "c"], in: scratch.url)
      kill(id, SIGKILL)
    }
    #expect(first.isSignalled)
    #expect(second?.status == 74)
    #expect(second?.errors.contains("another process has the cache open") == true)
    #expect(try tool("status", "c").status == 0)
  }
}
