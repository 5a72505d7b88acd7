import Foundation
import TestSupport
import Testing

@testable import fencepost

struct FrontendCallTests {
  private func words(_ words: String...) throws -> [String] {
    let compilation = try FrontendCall(words).compilation()
    defer { compilation.removeTexts() }
    return compilation.words
  }

  @Test func objectsBecomeTextsAndTheOptionsOfOtherToolsStay() throws {
    #expect(
      try words("-frontend", "-c", "a.swift", "b.swift", "-Xcc", "-c", "-o", "a.o", "-o", "b.o")
        == [
          "-frontend", "-emit-assembly", "a.swift", "b.swift", "-Xcc", "-c", "-o",
          "a.o.fencepost.s", "-o", "b.o.fencepost.s",
        ]
    )
  }

  @Test func anIndexStillNamesTheObjects() throws {
    #expect(
      try words("-frontend", "-c", "a.swift", "-index-store-path", "i", "-o", "a.o").suffix(4) == [
        "-o", "a.o.fencepost.s", "-index-unit-output-path", "a.o",
      ]
    )
    let given = ["-frontend", "-c", "-index-store-path", "i", "-index-unit-output-path", "x"]
    #expect(try FrontendCall(given).compilation().words.count == given.count)
  }

  @Test func listsOfFilesAreWrittenAnewAndRemoved() throws {
    let folder = try Scratch()
    let list = try folder.file("outputs", Array("x/a.o\nx/b c.o\n".utf8)).path
    let call = FrontendCall(["-frontend", "-c", "-filelist", "in", "-output-filelist", list])
    let compilation = try call.compilation()
    let written = try #require(compilation.words.last)
    #expect(try ResponseFile.lines(of: written) == ["x/a.o.fencepost.s", "x/b c.o.fencepost.s"])
    #expect(try ResponseFile.lines(of: list) == ["x/a.o", "x/b c.o"])
    compilation.removeTexts()
    #expect(!FileManager.default.fileExists(atPath: written))
  }

  @Test func wordsMayBeInAFile() throws {
    let folder = try Scratch()
    let text = "-c \"a b.swift\"\n'c\\d.swift' e\\ f.swift \"\" -o a.o\n"
    let path = try folder.file("words", Array(text.utf8)).path
    let call = FrontendCall(["-frontend", "@\(path)"])
    #expect(call.isRecorded)
    #expect(
      try call.compilation().words == [
        "-frontend", "-emit-assembly", "a b.swift", "c\\d.swift", "e f.swift", "", "-o",
        "a.o.fencepost.s",
      ]
    )
  }

  @Test func manyWordsAreWrittenToAFileThatReadsTheSame() throws {
    let words = ["swift-frontend"] + (0..<20_000).map { "a \"quoted\" \\ word '\($0)'" }
    let file = try ResponseFile(words)
    defer { file.remove() }
    #expect(file.words.count == 2)
    #expect(ResponseFile.expanded(file.words) == words)
    #expect(try ResponseFile(["swift-frontend", "-c"]).words == ["swift-frontend", "-c"])
  }

  @Test(arguments: [
    ["-frontend", "-emit-module", "a.swift"], ["-frontend", "-print-target-info"], ["--version"],
    ["-modulewrap", "-c"], ["-frontend", "-c", "-package-description-version", "6.0.0"],
    ["-frontend", "-typecheck", "-Xcc", "-c"],
  ])
  func otherJobsAreLeftAlone(words: [String]) {
    #expect(!FrontendCall(words).isRecorded && FrontendCall(words).refusal == nil)
  }

  @Test func whatTheLinkerCompilesIsRefused() throws {
    let refusal = try #require(FrontendCall(["-frontend", "-emit-bc", "a.swift"]).refusal)
    #expect(refusal.contains("what the linker compiles is not seen"))
  }

  @Test func optionsOfAProgramThatIsRunAreNotSwiftPMs() throws {
    let call = PackageCall(["run", "-c", "release", "server", "--scratch-path", "x"])
    #expect(call.refusal == nil)
    #expect(
      call.words(with: ["--more"]) == [
        "run", "--more", "-c", "release", "server", "--scratch-path", "x",
      ]
    )
    let folder = try Scratch()
    _ = try folder.file("Package.swift", [])
    #expect(try call.scratchPath(in: folder.url.path) == "\(folder.url.path)/.build/fencepost")
    let given = PackageCall(["build", "--scratch-path=elsewhere"])
    #expect(try given.scratchPath(in: "/a") == "/a/elsewhere")
  }
}
