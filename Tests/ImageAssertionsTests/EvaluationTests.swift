import ImageAssertions
import TestSupport
import Testing

struct EvaluationTests {
  @Test(arguments: [
    ("u64[0] == 1 and u64[8] == 1", [0]), ("u64[0] == 0 or u64[8] == 1", [0]),
    ("u64[0] == 1 implies u64[8] == 1", [0]), ("u64[0] == 0 and u64[8] == 0", [0, 8]),
    ("(if u64[0] == 0 then u64[8] else u64[16]) == 0", [0, 8]),
    ("all i in 0..<4: u64[8 * i] == 1", [0]), ("any i in 0..<4: u64[8 * i] == 0", [0]),
    ("(first i in 0..<4: u64[8 * i] == 0) == 0", [0]), ("bytes[4] == \"abcdefgh\"", [4]),
    ("let a = u64[8] in u64[0] == a", [8, 0]),
  ])
  func onlyWhatDecidesIsLoaded(expression: String, addresses: [Int]) throws {
    #expect(try loads(expression) == addresses)
  }

  @Test func aNameIsWorkedOutOnceAnImageAndOnlyIfItIsNeeded() throws {
    var medium = image([0: 1])
    let text = "let a = u64[0]\nlet b = u64[8]\ninvariant x: a == 1 or b == 1\ninvariant y: a == 2"
    let file = try AssertionFile(parsing: text, file: "test")
    let broken = file.broken(on: &medium)
    #expect(medium.loads.map(\.lowerBound) == [0])
    #expect(broken.map(\.index) == [1])
    #expect(broken[0].readings.map(\.name) == ["a"])
    #expect(broken[0].readings.map(\.value) == [1])
    #expect(medium.events.isEmpty, "nothing is stored")
  }

  @Test func whatHasNoValueDoesNotHold() throws {
    #expect(try answer("u64[249] == 0") == .fails(.outside(address: 249, size: 8)))
    #expect(try answer("u64[0 - 4] == 0") == .fails(.outside(address: 0 &- 4, size: 8)))
    #expect(try answer("crc32c(1, 256) == 0") == .fails(.outside(address: 1, size: 256)))
    #expect(try answer("bytes[255] == \"ab\"") == .fails(.outside(address: 255, size: 2)))
    #expect(try answer("1 / u64[0] == 0") == .fails(.divisionByZero))
    #expect(try answer("1 % u64[0] == 0 or true") == .fails(.divisionByZero))
    #expect(try answer("true or 1 / 0 == 0") == .holds)
  }

  @Test func nothingRunsForEver() throws {
    #expect(try answer("all p from 1 next p while true: true") == .fails(.tooManyElements))
    #expect(try answer("any i in 0..<0 - 1: false") == .fails(.tooManyElements))
    let deep = "let down(n) = down(n + 1) + 1"
    #expect(try answer("down(0) == 0", deep) == .fails(.tooDeep))
    let long = "all i in 0..<60000: all j in 0..<60000: i + j < 999999"
    #expect(try answer(long) == .fails(.tooLong))
  }

  @Test func addressesAreCountedFromTheBase() throws {
    var medium = image([8: 7])
    let file = try AssertionFile(
      parsing: "invariant a: u64[0x1008] == 7\ninvariant b: u64[8] == 7",
      file: "test"
    )
    let broken = file.broken(on: &medium, base: 0x1000)
    #expect(broken.map(\.failure) == [.outside(address: 8, size: 8)])
  }
}
