import Foundation
import Testing

/// The article's code is code that is compiled and run: each block stands in a file of Examples.
@Suite struct ArticleTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Swift blocks of the article.
  private static func blocks() throws -> [String] {
    let article = root.appending(
      path: "Sources/CrashTesting/CrashTesting.docc/TestingYourCacheInTenMinutes.md"
    )
    let text = try String(contentsOf: article, encoding: .utf8)
    return text.components(separatedBy: "```swift\n").dropFirst().map { rest in
      String(rest.prefix(upTo: rest.firstRange(of: "```")?.lowerBound ?? rest.endIndex))
    }
  }

  private static func examples() throws -> [String] {
    let folders = ["Examples/Sources/Caches", "Examples/Tests/CachesTests"]
    return try folders.flatMap { folder in
      let directory = root.appending(path: folder)
      return try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted().map {
        try String(contentsOf: directory.appending(path: $0), encoding: .utf8)
      }
    }
  }

  @Test func everyBlockOfTheArticleStandsInTheExamples() throws {
    let examples = try Self.examples()
    let blocks = try Self.blocks()
    #expect(blocks.count >= 8)
    for block in blocks where !examples.contains(where: { $0.contains(block) }) {
      Issue.record("not in Examples:\n\(block)")
    }
  }
}
