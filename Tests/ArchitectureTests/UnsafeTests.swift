import Testing

@Test func everyUnsafeExpressionSaysWhyItIsSound() {
  expectNone(Repository.product.flatMap(unsafeWithoutReason))
}

private func unsafeLines(_ text: String, path: String = "Sources/A/A.swift") -> [Int] {
  unsafeWithoutReason(SourceFile(path: path, text: text)).map(\.line)
}

@Test(arguments: [
  "unsafe f()", "let a = 1\nunsafe f()", "// Because.\nunsafe f()", "/// SAFETY: no.\nunsafe f()",
  "// SAFETY: far away.\n\nunsafe f()", "// SAFETY: of g.\ng()\nunsafe f()",
  "extension A: @unchecked Sendable {}", "nonisolated(unsafe) var a = 1",
])
func unsafeWithoutAReasonIsFound(text: String) {
  #expect(
    unsafeLines(text) == [text.split(separator: "\n", omittingEmptySubsequences: false).count]
  )
}

@Test(arguments: [
  "// SAFETY: it holds.\nunsafe f()",
  "// SAFETY: it holds,\n// and here is more.\nunsafe f()",
  "// SAFETY: both.\nunsafe f()\nunsafe g()",
  "// SAFETY: the statement goes on.\nlet a = f(\n  b,\n  unsafe c)",
  "// SAFETY: the statement goes on.\nlet a = f\n  .g()\n  .map { unsafe $0 }",
  "let text = \"unsafe\" // unsafe",
  "withUnsafeBytes(of: a) { b }",
])
func unsafeWithAReasonIsNotReported(text: String) {
  #expect(unsafeLines(text) == [])
}

@Test func testsNeedNoReason() {
  #expect(unsafeLines("unsafe f()", path: "Tests/A/A.swift") == [])
}
