import Testing

@Test(arguments: [
  ("let a = 1 // unsafe", "let a = 1", "// unsafe"),
  ("a /* b /* c */ d */ e", "a                   e", "/* b /* c */ d */"),
  (#"f("un // safe") // x"#, #"f("          ")"#, "// x"),
  (##"f(#"a " b"#) + c"##, ##"f(#"     "#) + c"##, ""),
  (#"f("\(g("x") + unsafe y)z")"#, #"f(" (g(" ") + unsafe y) ")"#, ""),
])
func codeIsToldFromCommentsAndStrings(text: String, code: String, comment: String) {
  let source = SourceText(text)
  let end = source.code[0].reversed().drop { $0 == " " }.reversed()
  #expect(String(end) == code)
  #expect(source.comments == [comment])
}

@Test func aStringOfSeveralLinesKeepsTheLineNumbers() {
  let source = SourceText("a\n\"\"\"\nunsafe \" b\n\"\"\"\nc // d")
  #expect(source.code.map(\.trimmed) == ["a", "\"\"\"", "", "\"\"\"", "c"])
  #expect(source.comments == ["", "", "", "", "// d"])
}

@Test func camelCaseFallsIntoWords() {
  #expect("flushRequestID".camelWords == ["flush", "request", "id"])
  #expect("msyncSite".camelWords == ["msync", "site"])
}
