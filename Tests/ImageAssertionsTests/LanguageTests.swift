import ImageAssertions
import TestSupport
import Testing

struct LanguageTests {
  @Test(arguments: [
    "1 + 2 * 3 == 7", "(1 + 2) * 3 == 9", "10 - 4 - 3 == 3", "7 / 2 == 3 and 7 % 2 == 1",
    "0 - 1 == 0xffff_ffff_ffff_ffff", "-1 == ~0", "1 << 63 << 1 == 0", "1 << 64 == 0",
    "0xf0 & 0x3c | 1 == 0x31", "1 | 2 ^ 2 & 3 == 1", "1 << 1 + 1 == 4", "2K == 2048",
    "not 1 == 2", "not false and true", "false and false or true", "true or true and false",
    "false implies false implies false", "(true == false) == false", "1 < 2 and 2 <= 2 and 3 > 2",
    "if 1 == 1 then true else false", "(if 1 == 2 then 3 else 4) == 4",
    "let a = 2 in let b = a + 1 in a * b == 6", "0xffffffffffffffff * 2 == 0 - 2",
    "0xffffffffffffffff > 0",
  ])
  func operatorsBindAndWrapAsTheTableSays(expression: String) throws {
    #expect(try answer(expression) == .holds)
  }

  @Test func loadsAreLittleEndianOfEverySizeAlignedOrNot() throws {
    let medium = image([0x40: 0x8877_6655_4433_2211, 0x48: 0x99])
    for (load, value) in [
      ("u8[0x41]", "0x22"), ("u16[0x41]", "0x3322"), ("u32[0x44]", "0x88776655"),
      ("u32[0x45]", "0x99887766"), ("u64[0x40]", "0x8877665544332211"),
      ("u64[0x41]", "0x9988776655443322"),
    ] {
      #expect(try answer("\(load) == \(value)", on: medium) == .holds, "\(load)")
    }
  }

  @Test func bytesAreComparedWithHexadecimalOrText() throws {
    let medium = image([0x3c: 0x6f_6c6c_6568])
    #expect(try answer("bytes[0x3c] == \"hello\"", on: medium) == .holds)
    #expect(try answer("bytes[0x3c] == x\"68 656c 6c6f 00\"", on: medium) == .holds)
    #expect(try answer("bytes[0x3c] != \"hellO\"", on: medium) == .holds)
    #expect(try answer("bytes[0x3c] == \"hello!\"", on: medium) == .isFalse)
  }

  @Test func theChecksumIsCRC32C() throws {
    // RFC 3720, B.4: 32 bytes of zeros, and of ones.
    #expect(try answer("crc32c(0, 32) == 0x8a9136aa") == .holds)
    let ones = image([0: .max, 8: .max, 16: .max, 24: .max])
    #expect(try answer("crc32c(0, 32) == 0x62a8ab43", on: ones) == .holds)
    #expect(try answer("crc32c(0, 0) == 0") == .holds)
  }

  @Test func rangesAnswerAllAnyCountAndFirst() throws {
    let medium = image([0: 3, 8: 5, 16: 7])
    for expression in [
      "all i in 0..<3: u64[8 * i] % 2 == 1", "not all i in 0..<4: u64[8 * i] != 0",
      "any i in 0..<4: u64[8 * i] == 7", "not any i in 0..<2: u64[8 * i] == 7",
      "(count i in 0..<9: u64[8 * i] != 0) == 3", "(first i in 0..<9: u64[8 * i] > 4) == 1",
      "(first i in 2..<9: u64[8 * i] == 9) == 9", "all i in 3..<3: false",
      "(first i in 5..<2: true) == 5", "not any i in 3..<1: true",
      "any i in 0..<3: any j in i..<3: u64[8 * i] + u64[8 * j] == 12",
    ] {
      #expect(try answer(expression, on: medium) == .holds, "\(expression)")
    }
  }

  @Test func chainsAreFollowedFromElementToElement() throws {
    // 0x10 -> 0x30 -> 0x20 -> end; the second word of a node is its value.
    let medium = image([0: 0x10, 0x10: 0x30, 0x18: 1, 0x30: 0x20, 0x38: 2, 0x20: 0, 0x28: 3])
    let chain = "p from u64[0] next u64[p] while p != 0"
    for expression in [
      "all \(chain): u64[p + 8] != 0", "any \(chain): u64[p + 8] == 3",
      "(count \(chain): u64[p + 8] > 1) == 2", "(first \(chain): u64[p + 8] == 2) == 0x30",
      "(first \(chain): false) == 0", "not any p from 0 next 0 while p != 0: true",
    ] {
      #expect(try answer(expression, on: medium) == .holds, "\(expression)")
    }
  }

  @Test func functionsMayCallThemselvesAndWordsMayBeNames() throws {
    let medium = image([0: 5])
    let power = "let power(b, n) = if n == 0 then 1 else b * power(b, n - 1)"
    #expect(try answer("power(2, 10) == 1024", power) == .holds)
    let names = "let count = u64[0]\nlet first = count + 1\nlet next(p) = p + first"
    #expect(try answer("count == 5 and next(1) == 7", names, on: medium) == .holds)
    let parity = "predicate even(n) = n % 2 == 0"
    #expect(try answer("all i in 0..<9: even(i) or even(i + 1)", parity) == .holds)
  }

  @Test func anUndoLogIsAppliedBeforeTheInvariantIsLookedAt() throws {
    let log = """
      let entries = u64[0]
      let restored(a) = let i = first i in 0..<entries: u64[0x40 + 16 * i] == a in
        if i < entries then u64[0x48 + 16 * i] else u64[a]
      """
    let medium = image([0: 2, 0x40: 0x80, 0x48: 60, 0x50: 0x80, 0x58: 99, 0x80: 1, 0xc0: 40])
    #expect(try answer("restored(0x80) + restored(0xc0) == 100", log, on: medium) == .holds)
    #expect(try answer("u64[0x80] + u64[0xc0] == 41", log, on: medium) == .holds)
  }

  @Test func defaultsAndMeaningsAreKept() throws {
    let file = try AssertionFile(
      parsing: """
        invariant a: true # comment
        after insert b "kept": 1 ==
          1
        after "two words" until end c kind tornBlock: true
        """,
      file: "test"
    )
    #expect(file.assertions.map(\.kind) == [.metadataInvariant, .lostDurableWrite, .tornBlock])
    #expect(file.assertions.map(\.text) == ["true", "1 == 1", "true"])
    #expect(file.assertions.map(\.meaning) == ["", "kept", ""])
    #expect(file.assertions.map(\.begin) == [nil, "insert", "two words"])
    let last = file.assertions[2]
    #expect(!last.isJudged(after: []) && last.isJudged(after: ["two words"]))
    #expect(!last.isJudged(after: ["two words", "end"]))
  }
}
