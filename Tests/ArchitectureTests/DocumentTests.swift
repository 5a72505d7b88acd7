import Testing

@Test func everyDocumentHasOneTitle() {
  expectNone(Repository.markdown.flatMap(titlesOtherThanOne))
}

@Test func noTitleAndTwoTitlesAreFound() {
  let none = SourceFile(path: "a.md", text: "text\n```\n# not a title\n```\n")
  let two = SourceFile(path: "a.md", text: "# one\n\n# two\n")
  #expect(titlesOtherThanOne(none).map(\.line) == [0])
  #expect(titlesOtherThanOne(two).map(\.line) == [3])
}

@Test func noRelativeLinkIsDead() {
  expectNone(Repository.markdown.flatMap { deadLinks(in: $0, exists: Repository.exists) })
}

@Test func aDeadRelativeLinkIsFound() {
  let text =
    "[a](b.md) [c](../d.md#e) [f](#g)\n[h](https://github.com) [k](doc:l)\n```\n[m](n)\n```\n"
  let file = SourceFile(path: "docs/a.md", text: text)
  var asked: [String] = []
  let dead = deadLinks(in: file) { path in
    asked.append(path)
    return path == "docs/b.md"
  }
  #expect(asked == ["docs/b.md", "docs/../d.md"])
  #expect(dead.map(\.reason) == ["nothing is at ../d.md#e"])
}

@Test func thereAreTheDocumentsThatPeopleLookFor() {
  for path in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"] {
    #expect(Repository.exists(path))
  }
  #expect(Repository.read("README.md").map { $0.lines.count <= 151 } ?? false)
}
