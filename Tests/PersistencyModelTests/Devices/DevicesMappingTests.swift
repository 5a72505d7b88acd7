import PersistencyModel
import Testing

/// Where each address is, found by laying bytes out one chunk after the other.
struct MappingByHand {
  /// Device and byte counted from its `start`, per address.
  private(set) var places: [(device: Int, offset: Int)] = []

  /// Lays `length` bytes from byte `offset` of `device` at the next addresses.
  mutating func lay(device: Int, offset: Int, length: Int) {
    for byte in 0..<length { places.append((device, offset + byte)) }
  }

  /// Lays rounds of one chunk per device, until each has given `length` bytes from its offset.
  mutating func stripe(chunk: Int, devices: [(device: Int, offset: Int)], length: Int) {
    for round in stride(from: 0, to: length, by: chunk) {
      for (device, offset) in devices {
        lay(device: device, offset: offset + round, length: chunk)
      }
    }
  }
}

/// A space and the same one laid out by hand.
struct Layout: CustomTestStringConvertible {
  var name: String
  var space: AddressSpace
  var byHand: MappingByHand
  var testDescription: String { name }

  init(_ name: String, _ space: AddressSpace, _ lay: (inout MappingByHand) -> Void) {
    self.name = name
    self.space = space
    byHand = MappingByHand()
    lay(&byHand)
  }

  /// Linear, striped, mixed; parts of devices; partition starts; every domain.
  static func all() throws -> [Layout] {
    let three = "linear:128,192@eadr,64"
    let striped = "striped:64:192,192@volatile,192@wpq+512"
    let table = """
      device a 4K+512
      device b 4K@eadr+1K
      0 2 linear a 1
      2 4 striped 2 1 b 5 a 3
      6 1 linear b 0
      7 1 linear a 0
      """
    return [
      Layout(three, try AddressSpace(inline: three)) {
        $0.lay(device: 0, offset: 0, length: 128)
        $0.lay(device: 1, offset: 0, length: 192)
        $0.lay(device: 2, offset: 0, length: 64)
      },
      Layout(striped, try AddressSpace(inline: striped)) {
        $0.stripe(chunk: 64, devices: [(0, 0), (1, 0), (2, 0)], length: 192)
      },
      Layout("\(three);\(striped)", try AddressSpace(inline: "\(three);striped:128:256,256")) {
        $0.lay(device: 0, offset: 0, length: 128)
        $0.lay(device: 1, offset: 0, length: 192)
        $0.lay(device: 2, offset: 0, length: 64)
        $0.stripe(chunk: 128, devices: [(3, 0), (4, 0)], length: 256)
      },
      Layout(
        "table",
        try AddressSpace(table: table)
      ) {
        $0.lay(device: 0, offset: 512, length: 1024)
        $0.stripe(chunk: 512, devices: [(1, 2560), (0, 1536)], length: 1024)
        $0.lay(device: 1, offset: 0, length: 512)
        $0.lay(device: 0, offset: 0, length: 512)
      },
    ]
  }
}

@Test func everyAddressIsWhereLayingOutByHandPutsIt() throws {
  for layout in try Layout.all() {
    let space = layout.space
    #expect(space.end == UInt64(layout.byHand.places.count))
    for (address, place) in layout.byHand.places.enumerated() {
      let found = try #require(space.locate(UInt64(address)))
      #expect(found.device == place.device && found.offset == UInt64(place.offset))
      #expect(space.address(of: found.offset, onDevice: found.device) == UInt64(address))
    }
    #expect(space.locate(space.end) == nil)
  }
}

@Test func whatIsContiguousStaysOnOneDeviceWithoutAJump() throws {
  for layout in try Layout.all() {
    for address in 0..<layout.byHand.places.count {
      let found = try #require(layout.space.locate(UInt64(address)))
      for ahead in 0..<Int(found.contiguous) {
        let place = layout.byHand.places[address + ahead]
        #expect(place.device == found.device)
        #expect(place.offset == Int(found.offset) + ahead)
      }
    }
  }
}

@Test func splittingARangeVisitsEachOfItsBytesOnceInOrder() throws {
  for layout in try Layout.all() {
    let end = layout.byHand.places.count
    let step = end / 400 * 64 + 24
    for low in stride(from: 0, to: end, by: step) {
      for high in stride(from: low, through: end, by: step + 16) {
        var next = low
        for piece in layout.space.split(UInt64(low)..<UInt64(high)) {
          #expect(piece.address == UInt64(next))
          let place = layout.byHand.places[next]
          #expect(piece.device == place.device && piece.bytes.lowerBound == UInt64(place.offset))
          next += piece.bytes.count
        }
        #expect(next == high)
      }
    }
  }
}

@Test func aRangeIsCoveredOnlyIfEveryByteIsMapped() throws {
  let hole = AddressSpace(
    devices: [Device(name: "D0", size: 256)],
    segments: [
      Segment(begin: 64, length: 64, mapping: .linear(DeviceExtent(device: 0))),
      Segment(begin: 192, length: 64, mapping: .linear(DeviceExtent(device: 0, offset: 64))),
    ]
  )
  #expect(hole.covers(64..<128))
  #expect(hole.covers(5..<5))
  #expect(!hole.covers(63..<128))
  #expect(!hole.covers(64..<200))
  #expect(!hole.covers(192..<257))
  #expect(hole.split(0..<300).map(\.address) == [64, 192])
}
