import Testing

@Test func everyUnsafeExpressionSaysWhyItIsSound() {
  expectNone(Repository.product.flatMap(unsafeWithoutReason))
}

private func unsafeLines(_ text: String, path: String = "Sources/A/A.swift") -> [Int] {
  unsafeWithoutReason(SourceFile(path: path, text: text)).map(\.line)
}

@Test(arguments: [
  "unsafe f()", "let a = 1\nunsafe f()", "// Because.\nunsafe f()", "/// SAFETY: no.\nunsafe f()",
  "// SAFETY: of g.\ng()\nunsafe f()",
  "func f() {\n  // SAFETY: in f.\n  unsafe a()\n}\nfunc g() { unsafe b() }",
  "func f() {\n  if a {\n    // SAFETY: in a.\n    unsafe b()\n  }\n  unsafe c()\n}",
  "struct S {\n  // SAFETY: of a.\n  let a = unsafe b()\n  let c = unsafe d()\n}",
  "extension A: @unchecked Sendable {}", "nonisolated(unsafe) var a = 1", "@safe struct S {}",
])
func unsafeWithoutAReasonIsFound(text: String) {
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  let last = lines.lastIndex { $0.contains("safe") || $0.contains("unchecked") }
  #expect(unsafeLines(text) == [(last ?? -2) + 1])
}

@Test(arguments: [
  "// SAFETY: it holds.\nunsafe f()",
  "// SAFETY: it holds,\n// and here is more.\nunsafe f()",
  "func f() {\n  // SAFETY: the rest.\n  unsafe a()\n  b { unsafe c() }\n\n  unsafe d()\n}",
  "// SAFETY: the declaration goes on.\nlet a = f(\n  b,\n  unsafe c)",
  "struct S {\n  // SAFETY: all of f.\n  func f(\n    a: Int\n  ) {\n    unsafe g()\n  }\n}",
  "// SAFETY: the extension.\nextension A: @unchecked Sendable {\n}",
  "@unsafe func f() {}", "let text = \"unsafe\" // unsafe", "withUnsafeBytes(of: a) { b }",
])
func unsafeWithAReasonIsNotReported(text: String) {
  #expect(unsafeLines(text) == [])
}

@Test func testsNeedNoReason() {
  #expect(unsafeLines("unsafe f()", path: "Tests/A/A.swift") == [])
}
