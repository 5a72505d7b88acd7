import Foundation
import PersistencyModel
import RecoveryRunner
import Testing

/// The checkers of the samples accept what their programs left behind, and nothing that is torn.
struct SampleCheckerTests {
  private static let base: UInt64 = 0x1000_0000

  /// The stores of a log in order; enough of its grammar for these files.
  private func stores(_ name: String) throws -> [(offset: Int, value: UInt64)] {
    let path = Toolbox.repository + "/traces/samples/pmemcheck/" + name
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: "|").compactMap {
      let fields = $0.split(separator: ";")
      guard fields.first == "STORE" else { return nil }
      let address = try #require(UInt64(fields[1].dropFirst(2), radix: 16))
      return (Int(address - Self.base), try #require(UInt64(fields[2].dropFirst(2), radix: 16)))
    }
  }

  private func replay(_ stores: some Sequence<(offset: Int, value: UInt64)>, size: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    for store in stores {
      for index in 0..<8 {
        bytes[store.offset + index] = UInt8(truncatingIfNeeded: store.value >> UInt64(index * 8))
      }
    }
    return bytes
  }

  /// A checker as a program and as a library in both forms, on one image of zeros.
  private func runners(_ checker: String, size: Int) throws -> [RecoveryRunner] {
    let path = Toolbox.samples + "/check-" + checker
    let checkers: [ExternalChecker] = [
      .command(CommandChecker([path])),
      .library(LibraryChecker(path: path + ".so", symbol: "check_\(checker)_path")),
      .library(
        LibraryChecker(path: path + ".so", symbol: "check_\(checker)_pointer", form: .pointer)
      ),
    ]
    let zeros = RecoveryImage(bytes: [UInt8](repeating: 0, count: size))
    return try checkers.map { try RecoveryRunner($0, images: [zeros], settings: Toolbox.settings) }
  }

  /// What all of them say of an image, which must be one thing.
  private func verdict(
    _ runners: [RecoveryRunner],
    _ bytes: [UInt8]
  ) throws -> RecoveryOutcome.Ending {
    let endings = try runners.map { runner in
      for offset in stride(from: 0, to: bytes.count, by: 64) {
        runner.set(LineBytes(bytes[offset..<(offset + 64)]), at: offset)
      }
      return try runner.run().ending
    }
    #expect(endings.allSatisfy { $0 == endings[0] })
    return endings[0]
  }

  @Test(arguments: ["ok-n3", "noflush-n3", "nofence-n3", "torn-n3", "ok-n400"])
  func aFinishedLogIsConsistent(name: String) throws {
    let runners = try runners("log", size: 8192)
    let image = replay(try stores("applog-\(name).log"), size: 8192)
    #expect(try verdict(runners, image) == .good)
  }

  @Test(arguments: ["ok", "bug"], [4, 8, 12, 16])
  func aFinishedListIsConsistent(mode: String, stores count: Int) throws {
    let runners = try runners("list", size: 16384)
    let image = replay(try stores("plist-\(mode)-n3-w\(count).log"), size: 16384)
    #expect(try verdict(runners, image) == .good)
  }

  @Test func inACorrectLogEveryPrefixIsConsistent() throws {
    let runners = try runners("log", size: 8192)
    let all = try stores("applog-ok-n3.log")
    for count in 0...all.count {
      #expect(try verdict(runners, replay(all.prefix(count), size: 8192)) == .good, "\(count)")
    }
  }

  @Test func aRingThatOverwritesItsOldestRecordIsConsistent() throws {
    let runners = try runners("log", size: 8192)
    let all = try stores("applog-ok-n400.log")
    for count in stride(from: all.count - 20, to: all.count, by: 1) {
      #expect(try verdict(runners, replay(all.prefix(count), size: 8192)) == .good, "\(count)")
    }
  }

  @Test func aCountedRecordOfWhichAnyWordIsLostIsNot() throws {
    let runners = try runners("log", size: 8192)
    let all = try stores("applog-ok-n3.log")
    // The word that is zero anyway cannot be lost.
    for lost in all.indices where all[lost].offset != 0 && all[lost].value != 0 {
      let image = replay(all.enumerated().filter { $0.offset != lost }.map(\.element), size: 8192)
      #expect(try verdict(runners, image) == .bad(status: 1), "store \(lost)")
    }
  }

  @Test func aReachableNodeOfWhichAnyWordIsLostIsNot() throws {
    let runners = try runners("list", size: 16384)
    let all = try stores("plist-ok-n3-w8.log")
    for lost in all.indices where all[lost].offset != 0 && all[lost].value != 0 {
      let image = replay(all.enumerated().filter { $0.offset != lost }.map(\.element), size: 16384)
      #expect(try verdict(runners, image) == .bad(status: 1), "store \(lost)")
    }
  }

  @Test func aListThatLeadsNowhereOrInACircleIsNot() throws {
    let runners = try runners("list", size: 16384)
    for head: UInt64 in [8, 4095, 4104, 16384, 1 << 40, .max] {
      let image = replay([(0, head)], size: 16384)
      #expect(try verdict(runners, image) == .bad(status: 1), "\(head)")
    }
    // A complete node that is its own successor: sum = next + 0 + 7.
    let circle = replay([(0, 4096), (4096, 4096), (4112, 4096 + 7)], size: 16384)
    #expect(try verdict(runners, circle) == .bad(status: 1))
  }
}
