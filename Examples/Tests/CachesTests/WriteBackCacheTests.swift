import Caches
import CrashTesting
import FlushTracer
import PersistencyModel
import Testing

/// The cache as a crash test sees it, its origin on a device of its own.
struct CacheTest: CrashTestable {
  enum Operation: Hashable {
    case write(UInt64, UInt64)
    case flush
    case writeBack
  }

  var defect: WriteBackCache<RecordedMedium>.Defect?
  let memory = TestMemory(
    AddressSpace(
      devices: [Device(name: "cache", size: 576), Device(name: "origin", size: 128)],
      segments: [
        Segment(begin: 0, length: 576, mapping: .linear(DeviceExtent(device: 0))),
        Segment(begin: 576, length: 128, mapping: .linear(DeviceExtent(device: 1))),
      ]
    )
  )
  let model = RegisterModel<Operation, UInt64, [UInt64]>([0: content(0), 1: content(0)]) {
    switch $0 {
    case .write(let block, let version): .write([block: content(version)], .none)
    case .flush, .writeBack: .flush
    }
  }

  func create(on medium: RecordedMedium) -> WriteBackCache<RecordedMedium> {
    WriteBackCache(on: medium, defect: defect)
  }
  func reopen(on medium: RecordedMedium) -> WriteBackCache<RecordedMedium> { create(on: medium) }
  func apply(_ operation: Operation, to cache: inout WriteBackCache<RecordedMedium>) {
    switch operation {
    case .write(let block, let version): cache.write(Self.content(version), to: block)
    case .flush: cache.flush()
    case .writeBack: cache.writeBack()
    }
  }
  func observe<M: Medium>(_ medium: M) -> [UInt64: [UInt64]] {
    let cache = WriteBackCache(on: medium)
    return [0: cache.read(0), 1: cache.read(1)]
  }

  /// Eight words, every one different from those of other versions.
  static func content(_ version: UInt64) -> [UInt64] {
    (0..<8).map { version * 16 + $0 * min(version, 1) }
  }
}

@Suite struct WriteBackCacheTests {
  func operations(_ step: Int) -> [CacheTest.Operation] {
    [.write(0, UInt64(1 + step)), .write(1, UInt64(1 + step)), .flush, .writeBack]
  }

  @Test func cacheKeepsWhatWasFlushed() {
    expectCrashConsistent(CacheTest(), .all(upTo: 3, choices: operations))
  }

  @Test func cacheKeepsWhatWasFlushedInLongerUse() {
    expectCrashConsistent(
      CacheTest(),
      .random(100, steps: 1...20) { generator in
        let version = UInt64(1 + generator.step)
        return [.write(0, version), .write(1, version), .flush, .writeBack]
          .randomElement(using: &generator) ?? .flush
      }
    )
  }

  @Test func clearingBeforeTheOriginIsDurableIsFound() throws {
    let test = CrashTest(CacheTest(defect: .clearsBeforeOriginIsDurable))
    let result = try test.run(.all(upTo: 3, choices: operations))
    #expect(result.failure?.kind == "lostDurableWrite")
    #expect(result.failingWorkload == Workload([.write(0, 1), .writeBack]))
  }
}
