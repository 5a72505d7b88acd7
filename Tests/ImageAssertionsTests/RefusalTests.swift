import ImageAssertions
import TestSupport
import Testing

struct RefusalTests {
  @Test(arguments: [
    ("", "line 1, column 1: the file asserts nothing: expected \"invariant\" or \"after\""),
    (
      "let a = 1",
      "line 1, column 10: the file asserts nothing: expected \"invariant\" or \"after\""
    ),
    (
      "\n  assert x: true",
      "line 2, column 3: expected \"let\", \"predicate\", \"invariant\" or \"after\", found \"assert\""
    ),
    ("invariant x true", "line 1, column 13: expected \":\", found \"true\""),
    ("invariant : true", "line 1, column 11: expected a name for the assertion, found \":\""),
    ("invariant x: 1", "line 1, column 14: expected something true or false, found a number"),
    (
      "invariant x: true + 1 == 2",
      "line 1, column 14: expected a number, found something true or false"
    ),
    ("invariant x: y == 1", "line 1, column 14: \"y\" is not defined above"),
    ("let y = 1\nlet y = 2", "line 2, column 5: \"y\" is defined already"),
    ("let f(a, a) = 1", "line 1, column 10: \"a\" is defined already"),
    (
      "let f(a) = a\ninvariant x: f(1, 2) == 1",
      "line 2, column 14: \"f\" has 1 parameter, found 2 arguments"
    ),
    (
      "invariant x: u64[1 == 1",
      "line 1, column 18: expected a number, found something true or false"
    ),
    (
      "invariant x: bytes[1] == 3",
      "line 1, column 26: expected bytes such as x\"00ff\" or a text, found \"3\""
    ),
    (
      "invariant x: bytes[1] == x\"123\"",
      "line 1, column 26: expected pairs of hexadecimal digits, found \"123\""
    ),
    (
      "invariant x: bytes[1] == \"abc",
      "line 1, column 26: a text ends on the line where it begins, with a quotation mark"
    ),
    (
      "invariant x: 0x1_0000_0000_0000_0000 == 1",
      "line 1, column 14: 0x1_0000_0000_0000_0000 does not fit 64 bits"
    ),
    ("invariant x: 12ab == 1", "line 1, column 14: expected a number, found \"12ab\""),
    ("invariant x: 1 == 1 $", "line 1, column 21: nothing begins with \"$\""),
    ("invariant x: all i: true", "line 1, column 19: expected \"in\" or \"from\", found \":\""),
    (
      "invariant x: all i over 1: true",
      "line 1, column 20: expected \"in\" or \"from\", found \"over\""
    ),
    ("invariant x: true\ninvariant x: true", "line 2, column 11: \"x\" is defined already"),
    (
      "invariant x: if 1 == 1 then 1 else true",
      "line 1, column 36: expected a number, found something true or false"
    ),
  ])
  func anErrorSaysWhereAndWhatWasExpected(text: String, sentence: String) {
    #expect(refusal(text) == "a.assert: \(sentence)")
  }

  @Test func anUnknownKindIsToldTheKnownOnes() {
    let found = refusal("invariant x kind lost: true")
    #expect(found.hasPrefix("a.assert: line 1, column 18: expected one of lostDurableWrite, "))
    #expect(found.hasSuffix("found \"lost\""))
  }

  @Test func nestingIsBounded() {
    let deep = String(repeating: "(", count: 5000)
    #expect(
      refusal("invariant x: \(deep)")
        == "a.assert: line 1, column 114: expressions nest deeper than 100"
    )
    let nots = String(repeating: "not ", count: 5000)
    #expect(refusal("invariant x: \(nots)true").hasSuffix("nest deeper than 100"))
    let signs = String(repeating: "-", count: 5000)
    #expect(refusal("invariant x: \(signs)1 == 1").hasSuffix("nest deeper than 100"))
  }

  @Test func noPrefixAndNoDamagedByteOfAFileTraps() throws {
    let text = """
      let n = u64[0x40] # comment
      predicate even(a) = a % 2 == 0
      after "label" until end one "meaning" kind tornBlock:
        all i in 0..<n: even(u32[8 * i]) implies bytes[i] == x"00ff" or crc32c(i, 4) == 2K
      invariant two: let a = if n < 3 then -n else ~n in
        any p from a next u64[p] while p != 0: not (p >> 1 == count j in 0..<p: true)
      """
    let characters = Array(text)
    #expect(refusal(text) == "accepted")
    for end in characters.indices { _ = refusal(String(characters[..<end])) }
    var random = SplitMix64(seed: 7)
    for _ in 0..<2000 {
      var damaged = characters
      let place = Int.random(in: characters.indices, using: &random)
      let other = Int.random(in: characters.indices, using: &random)
      damaged.swapAt(place, other)
      if place % 3 == 0 { damaged.remove(at: other) }
      _ = refusal(String(damaged))
    }
  }
}
