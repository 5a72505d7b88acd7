import ComparisonPolicies
import Foundation
import PersistencyModel

/// The tests of litmus files as what policies are compared on.
enum LitmusCorpus {
  /// One test.
  enum Test {
    case subject(name: String, PolicySubject)
    /// Not comparable, and why.
    case left(String)
  }

  /// Calls `body` with each test of a file of either form.
  static func forEach(in file: String, _ body: (Test) throws -> Void) throws {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw ToolFailure.inputOutput("\(file): cannot be read")
    }
    do {
      let decoder = JSONDecoder()
      if let corpus = try? decoder.decode(LitmusFile.self, from: data), corpus.format == 1 {
        return try corpus.tests.forEach { try body(try test($0)) }
      }
      for line in data.split(separator: UInt8(ascii: "\n")) {
        let random = try LitmusRandom(test: try decoder.decode(RandomTest.self, from: line))
        try body(.subject(name: "random seed \(random.test.seed)", random.subject))
      }
    } catch let error as DecodingError {
      throw ToolFailure.malformed("\(file): \(LitmusCommand.explain(error))")
    } catch let error as LitmusError {
      throw ToolFailure.malformed("\(file): \(error.description)")
    }
  }

  private static func test(_ test: LitmusTest) throws -> Test {
    if test.contested == true { return .left("contested") }
    guard test.threads.count == 1 else { return .left("several threads") }
    try test.requireSmall()
    var traces: [Trace] = []
    try LitmusProgram(test: test, buffersStores: false).forEachTrace { traces.append($0) }
    guard traces.count == 1 else { return .left("several runs") }
    return .subject(name: test.name, try LitmusRows(test: test).subject(of: traces[0]))
  }
}
