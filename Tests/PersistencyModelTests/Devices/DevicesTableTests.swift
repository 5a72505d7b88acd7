import PersistencyModel
import Testing

@Test func tableLinesCountSectors() throws {
  let space = try AddressSpace(
    table: "0 128 linear a 8\n\n# comment\n128 512 striped 2 8 b 0 c 16\n"
  )
  #expect(space.devices.map(\.name) == ["a", "b", "c"])
  #expect(space.devices.map(\.size) == [69_632, 131_072, 139_264] as [UInt64])
  #expect(
    space.segments == [
      Segment(
        begin: 0,
        length: 65_536,
        mapping: .linear(DeviceExtent(device: 0, offset: 4096))
      ),
      Segment(
        begin: 65_536,
        length: 262_144,
        mapping: .striped(
          chunk: 4096,
          [DeviceExtent(device: 1), DeviceExtent(device: 2, offset: 8192)]
        )
      ),
    ]
  )
}

@Test func deviceLinesSaySizeDomainAndStart() throws {
  let space = try AddressSpace(table: "device /dev/pmem0 1M@eadr+4K\n0 8 linear /dev/pmem0 0\n")
  #expect(
    space.devices == [Device(name: "/dev/pmem0", size: 1 << 20, start: 4096, domain: .eadr)]
  )
}

@Test(arguments: [
  "device a 4K\n0 8 linear a 0\n",
  "device a 1M@wpq+512\ndevice b 1M\n0 8 linear a 8\n8 16 striped 2 4 a 0 b 0\n24 8 linear a 16\n",
])
func aTableIsPrintedAsItWasWritten(text: String) throws {
  #expect(try AddressSpace(table: text).tableDescription == text)
}

private struct Refusal: CustomTestStringConvertible, Sendable {
  var text: String
  var line: Int
  var column: Int
  var reason: AddressSpaceError.Reason
  var testDescription: String { text }

  init(_ text: String, _ line: Int, _ column: Int, _ reason: AddressSpaceError.Reason) {
    self.text = text
    self.line = line
    self.column = column
    self.reason = reason
  }
}

private let refusals = [
  Refusal("", 1, 1, .empty),
  Refusal("# nothing\n", 2, 1, .empty),
  Refusal("zero 8 linear a 0", 1, 1, .expected("a first sector or \"device\"", found: "\"zero\"")),
  Refusal("0", 1, 2, .expected("a number of sectors", found: "the end")),
  Refusal("0 8 zigzag a 0", 1, 5, .expected("\"linear\" or \"striped\"", found: "\"zigzag\"")),
  Refusal("0 8 linear", 1, 11, .expected("the name of a device", found: "the end")),
  Refusal("0 8 linear a", 1, 13, .expected("an offset in sectors", found: "the end")),
  Refusal("0 8 linear a 0 b 0", 1, 16, .expected("the end of the line", found: "\"b\"")),
  Refusal("0 8 striped 2 4 a 0", 1, 20, .expected("the name of a device", found: "the end")),
  Refusal("0 8 striped 0 4", 1, 13, .expected("at least one stripe", found: "\"0\"")),
  Refusal("0 8 striped 2 0 a 0 b 0", 1, 15, .sizeOutOfRange("0")),
  Refusal(
    "0 9 striped 2 4 a 0 b 0",
    1,
    13,
    .unevenStripes(length: 4608, stripes: 2, chunk: 2048)
  ),
  Refusal(
    "0 12 striped 2 4 a 0 b 0",
    1,
    14,
    .unevenStripes(length: 6144, stripes: 2, chunk: 2048)
  ),
  Refusal("0 0 linear a 0", 1, 3, .sizeOutOfRange("0 sectors")),
  Refusal("8 8 linear a 0", 1, 1, .gap(end: 0, begin: 4096)),
  Refusal("0 8 linear a 0\n16 8 linear b 0", 2, 1, .gap(end: 4096, begin: 8192)),
  Refusal("0 8 linear a 0\n4 8 linear b 0", 2, 1, .overlap(end: 4096, begin: 2048)),
  Refusal("0 8 linear a 0\n8 8 linear a 7", 2, 12, .deviceUsedTwice("a", offset: 3584)),
  Refusal("0 8 striped 2 4 a 0 a 0", 1, 21, .deviceUsedTwice("a", offset: 0)),
  Refusal("0 99999999999999999999 linear a 0", 1, 3, .sizeOutOfRange("99999999999999999999")),
  Refusal("0 18014398509481984 linear a 0", 1, 3, .sizeOutOfRange("18014398509481984")),
  Refusal(
    "0 8 linear a 18014398509481983",
    1,
    14,
    .sizeOutOfRange("18014398509481983 sectors")
  ),
  Refusal(
    "device a 2K\n0 8 linear a 0",
    2,
    12,
    .deviceTooSmall("a", needed: 4096, size: 2048)
  ),
  Refusal("device a 4K\ndevice a 4K", 2, 8, .duplicateDevice("a")),
  Refusal("device a 4K@asynchronous", 1, 13, .asynchronous("a")),
]

@Test(arguments: refusals)
private func aBadTableIsRefusedWithLineColumnAndReason(refusal: Refusal) {
  let wanted = AddressSpaceError(refusal.reason, line: refusal.line, column: refusal.column)
  #expect(throws: wanted) { try AddressSpace(table: refusal.text) }
}
