import Caches
import CrashTesting
import FlushTracer
import PersistencyModel
import XCTest

/// The index as a crash test sees it.
struct IndexTest: CrashTestable {
  enum Operation: Hashable {
    case put(UInt64, UInt64)
    case remove(UInt64)
  }

  var defect: HashIndex<RecordedMedium>.Defect?
  let memory = TestMemory(bytes: 128)
  let model = PrefixModel<[UInt64: UInt64], Operation>([:]) { entries, operation in
    switch operation {
    case .put(let key, let value): entries[key] = value
    case .remove(let key): entries[key] = nil
    }
  }

  func create(on medium: RecordedMedium) -> HashIndex<RecordedMedium> {
    HashIndex(on: medium, defect: defect)
  }
  func reopen(on medium: RecordedMedium) -> HashIndex<RecordedMedium> { create(on: medium) }
  func apply(_ operation: Operation, to index: inout HashIndex<RecordedMedium>) throws {
    switch operation {
    case .put(let key, let value): try index.put(key, value)
    case .remove(let key): index.remove(key)
    }
  }
  func observe<M: Medium>(_ medium: M) -> [UInt64: UInt64] { HashIndex(on: medium).entries }
}

/// The same library, for XCTest.
final class HashIndexTests: XCTestCase {
  /// 3 and 11 begin at the same slot.
  func operations(_ step: Int) -> [IndexTest.Operation] {
    [.put(3, UInt64(10 + step)), .put(11, UInt64(20 + step)), .remove(3)]
  }

  func testIndexKeepsItsEntries() {
    expectCrashConsistent(IndexTest(), .all(upTo: 4, choices: operations))
  }

  func testKeyBeforeValueIsFound() throws {
    let test = CrashTest(IndexTest(defect: .keyBeforeValue))
    let result = try test.run(.all(upTo: 4, choices: operations))
    XCTAssertEqual(result.failingWorkload, Workload([.put(3, 10)]))
  }
}
