import Testing

@Test func everyNoteOfUnfinishedWorkNamesAnIssue() {
  expectNone(Repository.written.flatMap(unfinishedWorkWithoutIssue))
}

@Test func aNoteWithoutAnIssueIsFound() {
  let word = "TO" + "DO"
  let text = "// \(word): later\n// \(word)(#12): later\n// NO\(word)\n"
  #expect(unfinishedWorkWithoutIssue(SourceFile(path: "a.c", text: text)).map(\.line) == [1])
}

@Test func nothingNamesAPathOrAHostOfOneMachine() {
  expectNone(Repository.written.flatMap(machinePathsAndHosts))
}

@Test func aMachinePathAndAnUnknownHostAreFound() {
  let text = """
    cd /\("home")/me
    see https:/\("/")packages.example/simple
    see https://github.com/apple/swift-system
    let path = "build/\("home")/me" + "\\(root)/\("work")/x"
    """
  let file = SourceFile(path: "a.md", text: text)
  #expect(machinePathsAndHosts(file).map(\.line) == [1, 2])
}

@Test func everyTraceHasItsVerdictBesideIt() {
  expectNone(unpairedTraces(in: Repository.paths))
}

@Test func aTraceOrAVerdictAloneIsFound() {
  let paths = [
    "traces/defects/a.trace", "traces/litmus/b.expected", "traces/litmus/c.trace",
    "traces/litmus/c.expected", "traces/samples/d.trace", "traces/regressions/README.md",
  ]
  #expect(unpairedTraces(in: paths).map(\.path) == Array(paths.prefix(2)))
}
