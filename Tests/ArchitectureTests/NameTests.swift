import Testing

@Test func noPublicNameUsesAWordThatTheGlossaryRulesOut() {
  expectNone(Repository.product.flatMap(bannedWordsInPublicNames))
}

private func flaggedLines(_ text: String, target: String = "FlushTracer") -> [Int] {
  let file = SourceFile(path: "Sources/\(target)/A.swift", text: text)
  return bannedWordsInPublicNames(file).map(\.line)
}

@Test(arguments: [
  "public func syncRange() {}", "public var isValid: Bool", "  case save", "  case open, drain",
  "  case save(bytes: Int)", "package struct CacheManager {", "public static let commitCount = 1",
])
func aRuledOutWordIsFound(line: String) {
  #expect(flaggedLines("public enum E {\n  // sync\n\(line)\n") == [3])
}

@Test(arguments: [
  "private func syncRange() {}", "public func msync() {}", "    case .save: 1",
  "public func persist(_ save: Int)", "    case let sync: 1", "private enum F {\n  case sync",
])
func otherNamesAreNotReported(line: String) {
  #expect(flaggedLines("public enum E {\n\(line)\n") == [])
}

@Test func aCacheMayCommit() {
  #expect(flaggedLines("public func commit() {}", target: "ReferenceCache") == [])
}
