import Testing

@Test func noFileIsOver400Lines() {
  expectNone(Repository.written.flatMap(filesTooLong))
}

@Test func aFileOfOneLineTooManyIsFound() {
  let full = String(repeating: "\n", count: longestFile)
  #expect(filesTooLong(SourceFile(path: "a.md", text: full)).isEmpty)
  #expect(filesTooLong(SourceFile(path: "a.md", text: full + "\n")).count == 1)
}

@Test func noFunctionIsOver60Lines() {
  expectNone(Repository.written.flatMap(functionsTooLong))
}

@Test(arguments: [
  ("a.swift", "  public func f(\n    a: Int = { 1 }()\n  ) -> Int {\n", "  }"),
  ("a.swift", "  init?(a: [Int]) where A: B {\n", "  }"),
  ("a.c", "static int f(int a) {\n", "}"),
])
func aFunctionOfOneLineTooManyIsFound(path: String, opening: String, closing: String) {
  let head = opening.split(separator: "\n").count
  let fits = String(repeating: "  if a { b() }\n", count: longestFunction - head - 1)
  let short = SourceFile(path: path, text: opening + fits + closing + "\n")
  let long = SourceFile(path: path, text: opening + fits + "  a();\n" + closing + "\n")
  #expect(functions(in: short).map(\.lines) == [longestFunction])
  #expect(functionsTooLong(short).isEmpty)
  #expect(functionsTooLong(long).count == 1)
}

@Test func aRequirementWithoutABodyHasNoExtent() {
  let text = """
    protocol P {
      func f() throws(E)
      var a: Int { get }
      init(b: Int)
    }
    func g() { f() }
    """
  #expect(
    functions(in: SourceFile(path: "a.swift", text: text)).map(\.name) == ["g"]
  )
}

@Test func filesAndFunctionsAreShortAtTheMedian() {
  let files = Repository.product.map(\.lines.count).sorted()
  let functions = Repository.product.flatMap(functions).map(\.lines).sorted()
  #expect(!functions.isEmpty)
  #expect(files[files.count / 2] <= 150)
  #expect(functions[functions.count / 2] <= 10)
}
