import Testing

@Test func noPublicNameUsesAWordThatTheGlossaryRulesOut() {
  expectNone(Repository.product.flatMap(bannedWordsInPublicNames))
}

@Test(arguments: [
  "public func syncRange() {}", "public var isValid: Bool", "  case save", "  case open, drain",
  "  case save(bytes: Int)", "package struct CacheManager {", "public static let commitCount = 1",
])
func aRuledOutWordIsFound(line: String) {
  let file = SourceFile(path: "Sources/FlushTracer/A.swift", text: "let sync = 1\n\(line)\n")
  #expect(bannedWordsInPublicNames(file).map(\.line) == [2])
}

@Test(arguments: [
  "private func syncRange() {}", "public func msync() {}", "    case .save: 1",
  "public func persist(_ save: Int)", "    case let sync: 1",
])
func otherNamesAreNotReported(line: String) {
  let file = SourceFile(path: "Sources/FlushTracer/A.swift", text: line)
  #expect(bannedWordsInPublicNames(file) == [])
}

@Test func aCacheMayCommit() {
  let file = SourceFile(path: "Sources/ReferenceCache/A.swift", text: "public func commit() {}")
  #expect(bannedWordsInPublicNames(file) == [])
}
