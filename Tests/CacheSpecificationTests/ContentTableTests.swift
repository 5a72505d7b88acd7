import CacheSpecification
import Testing

@Suite struct ContentTableTests {
  @Test func equalBytesHaveOneNumber() {
    var table = ContentTable(blockSize: 512)
    let first = table.intern(HistoryScript.bytes("a"))
    let second = table.intern(HistoryScript.bytes("b"))
    #expect(first != second)
    #expect(table.intern(HistoryScript.bytes("a")) == first)
    #expect(table.count == 2)
    #expect(table.bytes(of: second) == HistoryScript.bytes("b"))
  }

  @Test func everySingleByteCounts() {
    var table = ContentTable(blockSize: 512)
    table.intern([UInt8](repeating: 0, count: 512))
    for place in 0..<512 {
      var bytes = [UInt8](repeating: 0, count: 512)
      bytes[place] = 1
      #expect(table.intern(bytes).index == UInt32(place + 1))
    }
  }

  @Test func contentsOfTheTraceAreRecognised() throws {
    var script = HistoryScript()
    script.write(3, "a")
    var table = try script.history().contents
    let known = table.count
    let written = table.intern(HistoryScript.bytes("a"))
    #expect(table.name(of: written) == "a")
    #expect(table.count == known)
    let unknown = table.intern(HistoryScript.bytes("b"))
    #expect(table.name(of: unknown).hasPrefix("bytes~"))
    #expect(table.count == known + 1)
  }

  @Test func aBlockOfAnotherSizeIsAProgrammingError() async {
    await #expect(processExitsWith: .failure) {
      var table = ContentTable(blockSize: 512)
      _ = table.intern([1, 2, 3])
    }
  }
}
