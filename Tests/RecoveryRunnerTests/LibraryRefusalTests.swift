import Foundation
import RecoveryRunner
import Testing

/// A library that cannot be used is refused with the reason, before any image is judged.
struct LibraryRefusalTests {
  private func refusal(_ path: String, _ symbol: String = "first_byte") -> RecoveryRunnerError? {
    let checker = LibraryChecker(path: path, symbol: symbol)
    do throws(RecoveryRunnerError) {
      let runner = try RecoveryRunner(
        .library(checker),
        images: [smallImage],
        settings: Toolbox.settings
      )
      _ = try runner.run()
      return nil
    } catch { return error }
  }

  private func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = Toolbox.directory + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func aMissingFileIsSaidToBeMissing() {
    let error = refusal("/nonexistent/x.so")
    #expect(
      error == RecoveryRunnerError(.libraryNotReadable(path: "/nonexistent/x.so"), errno: ENOENT)
    )
    #expect("\(error, default: "")".hasSuffix("/nonexistent/x.so: No such file or directory"))
  }

  @Test func aFileThatIsNoLibraryIsSaidToBeNone() throws {
    let text = try file("text.so", Array("hello, this is a text".utf8))
    #expect(refusal(text)?.reason == .notAnELFFile(path: text))
    let short = try file("short.so", [0x7f, 0x45])
    #expect(refusal(short)?.reason == .notAnELFFile(path: short))
    #expect(refusal("/tmp")?.reason == .libraryNotReadable(path: "/tmp"))
  }

  @Test func anotherMachineIsNamed() throws {
    var header = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Toolbox.library)).prefix(64))
    header[18] = 183
    let path = try file("arm.so", header)
    #expect(refusal(path)?.reason == .wrongArchitecture(path: path, machine: 183))
  }

  @Test func aCutLibraryIsNotLoadable() throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: Toolbox.library))
    let path = try file("cut.so", Array(whole.prefix(900)))
    guard case .libraryNotLoadable(let message)? = refusal(path)?.reason else {
      Issue.record("A cut library is refused")
      return
    }
    #expect(message.contains("cut.so"))
  }

  @Test func aMissingSymbolIsNamed() {
    guard case .symbolMissing(let message)? = refusal(Toolbox.library, "no_such_check")?.reason
    else {
      Issue.record("A missing symbol is refused")
      return
    }
    #expect(message.contains("no_such_check"))
  }

  @Test func thePointerFormTakesOneImage() {
    let checker = LibraryChecker(path: Toolbox.library, symbol: "odd_memory", form: .pointer)
    #expect(throws: RecoveryRunnerError(.pointerFormTakesOneImage)) {
      try RecoveryRunner(
        .library(checker),
        images: [smallImage, smallImage],
        settings: Toolbox.settings
      )
    }
  }

  @Test func theArgumentNamesFileSymbolAndForm() throws {
    #expect(
      try LibraryChecker(parsing: "a.so:f") == LibraryChecker(path: "a.so", symbol: "f")
    )
    #expect(
      try LibraryChecker(parsing: "/x:y/a.so:f:pointer")
        == LibraryChecker(path: "/x:y/a.so", symbol: "f", form: .pointer)
    )
    #expect(
      try LibraryChecker(parsing: "a.so:f:path") == LibraryChecker(path: "a.so", symbol: "f")
    )
    for wrong in ["", "a.so", ":f", "a.so:", ":"] {
      #expect(throws: RecoveryRunnerError(.malformedLibraryArgument(wrong))) {
        try LibraryChecker(parsing: wrong)
      }
    }
  }
}
