import PersistencyModel
import Testing

@Test func anInlineSpaceJoinsItsDevicesInOrder() throws {
  let space = try AddressSpace(inline: "linear:64K@adr+4K,64K@eadr;striped:4K:1M,data=1M@wpq")
  #expect(
    space.devices == [
      Device(name: "D0", size: 65_536, start: 4096, domain: .adr),
      Device(name: "D1", size: 65_536, domain: .eadr),
      Device(name: "D2", size: 1 << 20),
      Device(name: "data", size: 1 << 20, domain: .wpq),
    ]
  )
  #expect(
    space.segments == [
      Segment(begin: 0, length: 65_536, mapping: .linear(DeviceExtent(device: 0))),
      Segment(begin: 65_536, length: 65_536, mapping: .linear(DeviceExtent(device: 1))),
      Segment(
        begin: 131_072,
        length: 2 << 20,
        mapping: .striped(chunk: 4096, [DeviceExtent(device: 2), DeviceExtent(device: 3)])
      ),
    ]
  )
}

@Test(arguments: [
  "linear:64", "linear:64K", "linear:64K,64K,64K", "linear:1G@eadr+512", "striped:64:128,128",
  "striped:4K:8K,8K,8K", "linear:64K+4K,1M@volatile;striped:4K:1M,x-1=1M@wpq;linear:64,128",
  "striped:64:64;striped:128:256,256",
])
func anInlineSpaceIsPrintedAsItWasWritten(text: String) throws {
  let space = try AddressSpace(inline: text)
  #expect(space.inlineDescription == text)
}

@Test func aSpaceThatUsesADeviceInPartHasNoInlineForm() throws {
  let space = try AddressSpace(table: "0 8 linear a 8\n")
  #expect(space.inlineDescription == nil)
}

private struct Refusal: CustomTestStringConvertible, Sendable {
  var text: String
  var column: Int
  var reason: AddressSpaceError.Reason
  var testDescription: String { text }

  init(_ text: String, _ column: Int, _ reason: AddressSpaceError.Reason) {
    self.text = text
    self.column = column
    self.reason = reason
  }
}

private let refusals = [
  Refusal("", 1, .empty),
  Refusal("circle:64K", 1, .expected("\"linear:\" or \"striped:\"", found: "\"circle:64K\"")),
  Refusal("linear", 7, .expected("\":\"", found: "the end")),
  Refusal("linear:", 8, .expected("a size in bytes", found: "the end")),
  Refusal("linear:64K,", 12, .expected("a size in bytes", found: "the end")),
  Refusal("linear:64Q", 10, .expected("\",\", \";\" or the end", found: "\"Q\"")),
  Refusal("linear:64K@ram", 12, .expected("adr, eadr, wpq, volatile or disk", found: "\"ram\"")),
  Refusal("linear:64K@asynchronous", 12, .asynchronous("D0")),
  Refusal("linear:0", 8, .sizeOutOfRange("0")),
  Refusal("linear:100", 8, .notMultiple(100, of: 64)),
  Refusal("linear:64K+100", 12, .notMultiple(100, of: 512)),
  Refusal("linear:10737418240G", 8, .sizeOutOfRange("10737418240G")),
  Refusal("linear:99999999999999999999", 8, .sizeOutOfRange("99999999999999999999")),
  Refusal("linear:8589934591G,8589934591G", 31, .sizeOutOfRange("the sum of all devices")),
  Refusal("linear:1G+8589934591G", 11, .sizeOutOfRange("start and size together")),
  Refusal("striped:4K:8K,16K", 15, .stripesDiffer(8192, 16384)),
  Refusal("striped:4K:6K,6K", 9, .unevenStripes(length: 12288, stripes: 2, chunk: 4096)),
  Refusal("striped:0:64K", 9, .sizeOutOfRange("0")),
  Refusal("striped:100:64K", 9, .notMultiple(100, of: 64)),
  Refusal("linear:a=64,a=64", 13, .duplicateDevice("a")),
  Refusal("linear:D1=64,64", 14, .duplicateDevice("D1")),
]

@Test(arguments: refusals)
private func aBadInlineSpaceIsRefusedWithColumnAndReason(refusal: Refusal) {
  let wanted = AddressSpaceError(refusal.reason, line: 1, column: refusal.column)
  #expect(throws: wanted) { try AddressSpace(inline: refusal.text) }
}

@Test func everyPrefixOfAnInlineSpaceIsReadOrRefused() {
  let text = "linear:64K@adr+4K,x=64K@eadr;striped:4K:1M,1M@wpq+512;linear:64"
  for length in 0...text.count {
    let prefix = String(text.prefix(length))
    if let space = try? AddressSpace(inline: prefix) {
      #expect(space.end > 0)
    }
  }
}
