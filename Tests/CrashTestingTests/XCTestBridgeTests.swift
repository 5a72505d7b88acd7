import CrashTesting
import XCTest

/// Run by XCTest, in which the library has to fail a test of its own kind.
final class XCTestBridgeTests: XCTestCase {
  /// Failures that a test provokes, in place of failing.
  private var provoked: [(text: String, file: String, line: Int)]?

  override func recordFailure(
    withDescription description: String,
    inFile filePath: String,
    atLine lineNumber: Int,
    expected: Bool
  ) {
    if provoked == nil {
      super.recordFailure(
        withDescription: description,
        inFile: filePath,
        atLine: lineNumber,
        expected: expected
      )
    } else {
      provoked?.append((description, filePath, lineNumber))
    }
  }

  func testAConsistentSystemPasses() {
    expectCrashConsistent(LogTest(), .all(of: [7], upTo: 2))
  }

  func testAFailureFailsTheTestAtItsOwnLine() {
    provoked = []
    let line = #line + 1
    expectCrashConsistent(LogTest(defect: .noFenceBetween), .all(of: [7], upTo: 1))
    let failures = provoked ?? []
    provoked = nil
    XCTAssertEqual(failures.count, 1)
    XCTAssertEqual(failures.first?.line, line)
    XCTAssertEqual(failures.first?.file, "\(#filePath)")
    XCTAssertTrue(failures.first?.text.contains("workload: Workload([7])") ?? false)
  }
}
