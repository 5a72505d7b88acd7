import Testing

@Test func nothingBelowFloor2ReadsAClockOrDrawsFromTheSystem() {
  expectNone(Repository.product.flatMap(undeterministicCode))
}

@Test(arguments: [
  "let now = ContinuousClock.now", "let seed = UInt64.random(in: 0...9)", "cards.shuffled()",
  "var generator = SystemRandomNumberGenerator()", "clock_gettime(CLOCK_MONOTONIC, &time)",
  "let order = value.hashValue",
])
func aClockOrADrawIsFound(line: String) {
  let file = SourceFile(path: "Sources/Checker/A.swift", text: "// ContinuousClock\n\(line)\n")
  #expect(Set(undeterministicCode(file).map(\.line)) == [2])
}

@Test(arguments: ["cards.shuffled(using: &generator)", "let update = 1", "\"ContinuousClock\""])
func aSeededDrawAndALikeWordAreNotReported(line: String) {
  let file = SourceFile(path: "Sources/Checker/A.swift", text: line)
  #expect(undeterministicCode(file) == [])
}

@Test func theExceptionsAndFloor2MayReadAClock() {
  let line = "let now = ContinuousClock.now"
  for target in Array(clockReaders.keys) + ["fencepost"] {
    #expect(undeterministicCode(SourceFile(path: "Sources/\(target)/A.swift", text: line)) == [])
  }
}
