import Glibc
import PersistencyModel
import Testing
import TraceFormat

@Suite struct OutputTests {
  private let folder = TemporaryFolder()

  @Test func whatIsNotFinishedLeavesNothingBehind() throws {
    do {
      var writer = try TraceWriter(path: folder.file("a.trace"))
      try writer.receive(header: TraceHeader(source: .text))
      #expect(folder.names.count == 1 && folder.names[0] != "a.trace")
    }
    #expect(folder.names == [])
  }

  @Test func anOldFileStaysUntilTheNewOneIsWhole() throws {
    let path = folder.file("a.trace")
    try TraceWriter.write(try reading("MARK;old\n"), to: path)
    var writer = try TraceWriter(path: path)
    try writer.receive(header: TraceHeader(source: .text))
    #expect(try TraceReader.trace(path).trace.marks == [.label("old")])
    try writer.finish()
    #expect(try TraceReader.trace(path).trace.marks == [] && folder.names == ["a.trace"])
  }

  @Test func aFullDiskIsAnErrorWithItsNumber() throws {
    var writer = try TraceWriter(path: "/dev/full", format: .text)
    try writer.receive(header: TraceHeader(source: .text))
    let error = try #require(throws: TraceFormatError.self) { try writer.finish() }
    #expect(error.errno == ENOSPC && error.exitStatus == 74)
    #expect(error.description == "/dev/full: cannot write: No space left on device")
  }

  @Test func pathsThatCannotBeOpenedSaySo() throws {
    let missing = try #require(throws: TraceFormatError.self) {
      try TraceReader.trace(folder.file("none/a.trace"))
    }
    #expect(missing.errno == ENOENT && missing.exitStatus == 74)
    let unwritable = try #require(throws: TraceFormatError.self) {
      try TraceWriter(path: folder.file("none/a.trace"))
    }
    #expect(unwritable.errno == ENOENT && unwritable.description.contains("cannot create"))
    let directory = try #require(throws: TraceFormatError.self) {
      try TraceReader.trace(folder.path)
    }
    #expect(directory.errno == EISDIR)
    #expect(throws: TraceFormatError.self) { try TraceWriter(path: folder.file("a.txt")) }
  }
}
