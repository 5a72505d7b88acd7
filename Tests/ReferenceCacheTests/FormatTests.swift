import PersistencyModel
import ReferenceCache
import TestSupport
import Testing

@Suite struct FormatTests {
  /// 4,096 bytes from sector 6 on: 1,024 bytes, one block of 512 at most, superblock at 3,072.
  private static let base = 3072

  private static func options(_ strategy: PersistStrategy, faithful: Bool) -> CacheOptions {
    var options = CacheOptions(blockSize: 512, startSector: 6, strategy: strategy)
    options.isKernelFaithful = faithful
    return options
  }

  private static func store(
    _ offset: Int,
    _ size: Int,
    _ value: UInt64,
    nt isNonTemporal: Bool
  ) -> MediumEvent {
    .store(offset: base + offset, size: size, value: value, isNonTemporal: isNonTemporal)
  }

  private static func request(_ range: Range<Int>) -> MediumEvent {
    .request((base + range.lowerBound)..<(base + range.upperBound))
  }

  @Test func kernelFaithfulNonTemporalOrder() throws {
    var medium = RecordingMedium(size: 4096)
    try CacheFormat.format(&medium, options: Self.options(.nonTemporal, faithful: true))
    let zeros = (0..<8).map { Self.store($0 * 8, 8, 0, nt: true) }
    #expect(
      medium.events == zeros + [
        Self.store(4, 4, 1, nt: true), Self.store(8, 4, 512, nt: true),
        Self.store(16, 8, 1, nt: true), Self.store(24, 8, 0, nt: true),
        Self.store(64, 8, .max, nt: true), Self.store(72, 8, .max, nt: true), .fence,
        Self.store(0, 4, 0x2348_9321, nt: true), .fence,
      ]
    )
  }

  @Test func kernelFaithfulCachedOrder() throws {
    var medium = RecordingMedium(size: 4096)
    try CacheFormat.format(
      &medium,
      options: Self.options(.cachedWithFlushRequests, faithful: true)
    )
    let zeros = (0..<8).map { Self.store($0 * 8, 8, 0, nt: false) }
    #expect(
      medium.events == zeros + [
        Self.request(0..<64),
        Self.store(4, 4, 1, nt: false), Self.request(4..<8),
        Self.store(8, 4, 512, nt: false), Self.request(8..<12),
        Self.store(16, 8, 1, nt: false), Self.request(16..<24),
        Self.store(24, 8, 0, nt: false), Self.request(24..<32),
        Self.store(64, 8, .max, nt: false), Self.store(72, 8, .max, nt: false),
        Self.request(64..<80), .fence,
        Self.store(0, 4, 0x2348_9321, nt: false), Self.request(0..<4), .fence,
      ]
    )
  }

  @Test(arguments: PersistStrategy.allCases)
  func magicAndVersionAreOneStoreAfterTheFirstFence(_ strategy: PersistStrategy) throws {
    var medium = RecordingMedium(size: 4096)
    try CacheFormat.format(&medium, options: Self.options(strategy, faithful: false))
    let isNonTemporal = strategy != .cachedWithFlushRequests
    let published = Self.store(0, 8, 0x1_2348_9321, nt: isNonTemporal)
    let parts = medium.events.split(separator: .fence, omittingEmptySubsequences: false)
    #expect(parts.count == 3)
    #expect(parts[1].first == published)
    #expect(parts[1].count == (isNonTemporal ? 1 : 2))
    let identityStores = parts[0].filter {
      guard case .store(let offset, _, let value, _) = $0 else { return false }
      return offset < Self.base + 8 && value != 0
    }
    #expect(identityStores.isEmpty)
  }

  @Test func theTwoOrdersLeaveTheSameBytes() throws {
    var images: Set<[UInt8]> = []
    for strategy in PersistStrategy.allCases {
      for faithful in [false, true] {
        var medium = RecordingMedium(size: 4096)
        try CacheFormat.format(&medium, options: Self.options(strategy, faithful: faithful))
        images.insert(medium.bytes)
      }
    }
    #expect(images.count == 1)
  }

  /// Between two fences memory may keep any subset of the 8-byte words stored.
  @Test(arguments: [false, true])
  func onlyTheKernelsOrderLeavesARefusedDevice(_ faithful: Bool) throws {
    var recorded = RecordingMedium(size: 4096)
    let options = Self.options(.nonTemporal, faithful: faithful)
    try CacheFormat.format(&recorded, options: options)
    let parts = recorded.events.split(separator: .fence, omittingEmptySubsequences: false)
    var refused = 0
    var states = 0
    for (epoch, stores) in parts.enumerated() {
      let words = finalWords(after: parts[...epoch].joined(), of: stores)
      let before = replay(parts[..<epoch].joined(), on: RecordingMedium(size: 4096))
      for subset in 0..<(1 << words.count) {
        var medium = before
        for (bit, word) in words.enumerated() where subset >> bit & 1 == 1 {
          medium.store(word.value, at: word.offset)
        }
        states += 1
        if case .refused = CacheObservation(of: &medium, options: options) { refused += 1 }
      }
    }
    #expect(states > 16)
    #expect((refused > 0) == faithful)
  }

  private func finalWords(
    after events: some Sequence<MediumEvent>,
    of stores: some Sequence<MediumEvent>
  ) -> [(offset: Int, value: UInt64)] {
    var medium = replay(events, on: RecordingMedium(size: 4096))
    let offsets = Set(
      stores.compactMap { event -> Int? in
        guard case .store(let offset, _, _, _) = event else { return nil }
        return offset & ~7
      }
    )
    return offsets.sorted().map { ($0, medium.load64(at: $0)) }
  }

  private func replay(
    _ events: some Sequence<MediumEvent>,
    on medium: RecordingMedium
  ) -> RecordingMedium {
    var medium = medium
    for case .store(let offset, let size, let value, _) in events {
      if size == 8 {
        medium.store(value, at: offset)
      } else {
        medium.store(UInt32(value), at: offset)
      }
    }
    return medium
  }

  @Test func whatIsNotBlankIsNotFormatted() throws {
    for (offset, value) in [(0, 1), (4, 1), (0, 0x2348_9321)] as [(Int, UInt32)] {
      var medium = RecordingMedium(size: 8192)
      medium.store(value, at: offset)
      medium.events = []
      #expect(throws: CacheError.self) {
        try CacheFormat.format(&medium, options: CacheOptions())
      }
      #expect(throws: CacheError.self) {
        try CacheState.recover(on: &medium, options: CacheOptions())
      }
      #expect(medium.events.isEmpty)
    }
  }

  @Test func wrongArgumentsAreRefusedBeforeAnythingIsLoaded() {
    func refusal(_ options: CacheOptions, size: Int = 8192) -> Refusal? {
      var medium = RecordingMedium(size: size)
      do throws(CacheError) {
        _ = try CacheState.recover(on: &medium, options: options)
        return nil
      } catch {
        #expect(medium.loads.isEmpty && medium.events.isEmpty)
        guard case .refused(let refusal) = error.reason else { return nil }
        return refusal
      }
    }
    for size in [0, -512, 256, 513, 1536, 8192] {
      #expect(refusal(CacheOptions(blockSize: size)) == .unsupportedBlockSize(size))
    }
    #expect(
      refusal(CacheOptions(blockSize: 512, startSector: 16))
        == .startSectorBeyondEnd(16, sectors: 16)
    )
    #expect(
      refusal(CacheOptions(blockSize: 512, startSector: .max))
        == .startSectorBeyondEnd(.max, sectors: 16)
    )
    #expect(refusal(CacheOptions(), size: 4095) == .mediumSmallerThanPage(4095))
  }

  @Test func aBlankDeviceMayBeRefusedInstead() {
    var medium = RecordingMedium(size: 8192)
    var options = CacheOptions()
    options.blankDevice = .refuse
    #expect(
      CacheObservation(of: &medium, options: options)
        == .refused(CacheError(.refused(.blank), position: 0))
    )
    #expect(medium.events.isEmpty)
  }

  @Test func aBlankDeviceWithoutRoomForABlockIsNotFormatted() {
    var medium = RecordingMedium(size: 4096)
    let error = #expect(throws: CacheError.self) {
      try CacheFormat.format(&medium, options: CacheOptions())
    }
    #expect(error?.reason == .cannotFormat(.noRoom(bytes: 4096)))
    #expect(error?.errno == 28)
    #expect(medium.events.isEmpty)
  }
}
