#if canImport(Testing)
internal import Testing
#endif
#if canImport(XCTest)
internal import XCTest
#endif

/// Fails the current test, at this source line, unless no crash of any workload breaks a promise.
///
/// For Swift Testing and for XCTest: whichever runs the test is told.
///
///     @Test func logKeepsItsRecords() {
///       expectCrashConsistent(LogTest(), .all(of: [1, 2], upTo: 3))
///     }
///
/// - Parameters:
///   - subject: what is tested.
///   - workloads: what is done with it.
///   - options: how it is explored, and what may pass.
///   - function: what the test is called.
///   - fileID: the test's source: module and file.
///   - filePath: the test's source.
///   - line: the line that fails.
///   - column: the column that fails.
/// - Returns: what was found; `nil` where nothing could be recorded, for which the test fails as well.
@discardableResult
public func expectCrashConsistent<Subject: CrashTestable>(
  _ subject: Subject,
  _ workloads: Workloads<Subject.Operation>,
  options: CrashTestOptions = CrashTestOptions(),
  function: String = #function,
  fileID: String = #fileID,
  filePath: StaticString = #filePath,
  line: Int = #line,
  column: Int = #column
) -> CrashTestResult<Subject.Operation>? {
  let place = SourcePlace(fileID: fileID, filePath: filePath, line: line, column: column)
  let name = String(function.prefix { $0 != "(" })
  do {
    let result = try CrashTest(subject, options: options, name: name).run(workloads)
    if let failure = result.failure { place.fail(failure.description) }
    return result
  } catch {
    place.fail("the workload could not be recorded: \(error)")
    return nil
  }
}

/// A place in a test's source.
private struct SourcePlace {
  var fileID: String
  var filePath: StaticString
  var line: Int
  var column: Int

  /// Fails the current test there.
  func fail(_ text: String) {
    #if canImport(Testing)
    if Test.current != nil {
      Issue.record(
        Comment(rawValue: text),
        sourceLocation: SourceLocation(
          fileID: fileID,
          filePath: filePath.description,
          line: line,
          column: column
        )
      )
      return
    }
    #endif
    #if canImport(XCTest)
    XCTFail(text, file: filePath, line: UInt(line))
    #endif
  }
}
