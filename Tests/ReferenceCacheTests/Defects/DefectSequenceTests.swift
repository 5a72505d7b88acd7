import PersistencyModel
import ReferenceCache
import TestSupport
import Testing

/// Each defect's smallest workload, on the correct cache and with the defect, step by step.
///
/// What is expected is written down from the protocol (dm-writecache reference 3.1) and from the sentence of the
/// defect, with the words of `ProtocolLog`.
@Suite struct DefectSequenceTests {
  private static let write = "s0=A q0=0 d0"
  private static let flush = "F c1 F"
  private static let overwritten = "\(write) | \(flush) | s1=A q1=1 d1"

  /// Correct sequence and sequence with the defect, in its smallest workload.
  private static let sequences: [(defect: CacheDefect, correct: String, broken: String)] = [
    (.s1, "\(write) | F c1 F", "\(write) | c1 F"),
    (.s2, "\(write) | F c1 F", "\(write) | F c1"),
    (
      .s3,
      "\(write) | s1=B q1=0 d1 | F c1 F | s2=B q2=1 d2 | F c2 F x1 F | s1=A q1=2 d1",
      "\(write) | s1=B q1=0 d1 | F c1 F | s2=B q2=1 d2 | F c2 F x1 | s1=A q1=2 d1"
    ),
    (.s4, "\(write) | \(flush) | W!A=1 x0 F", "\(write) | \(flush) | W.A=1 x0 F"),
    (
      .s5,
      "\(write) | \(flush) | W!A=1 x0 F | s0=B q0=1 d0",
      "\(write) | \(flush) | W!A=1 x0 | s0=B q0=1 d0"
    ),
    (
      .s6,
      "\(write) | \(flush) | x0 F D:A+1 | s0=B q0=1 d0",
      "\(write) | \(flush) | x0 D:A+1 | s0=B q0=1 d0"
    ),
    (
      .s7,
      "\(write) | \(flush) | W!A=1 | s1=A q1=1 d1 | F c2 F | x0 F | s0=B q0=2 d0",
      "\(write) | \(flush) | W!A=1 | s1=A q1=1 d1 | F c2 F | x0 | s0=B q0=2 d0"
    ),
    (.s8, "\(write) | F c1 F", "\(write) | c1 F F"),
    (.s9, "\(overwritten) | F c2 F x0 F", "\(overwritten) | F c2 x0 F F"),
    (.s10, "\(write) | \(flush) | W!A=1 x0 F", "\(write) | \(flush) | x0 W!A=1 F"),
    (.s11, "\(write) | \(flush) | s1=A q1=1 d1", "\(write) | \(flush) | d0"),
    (.s12, "\(write) | x0 F", "\(write) |"),
    (
      .s13,
      "\(write) | s1=B q1=0 d1 | x0 x1 F | s0=A q0=0 d0 | F c1 F",
      "\(write) | s1=B q1=0 d1 | | s0=A q0=0 d0 | F c1 F"
    ),
    (
      .s14,
      "\(write) | \(flush) | W!A=1 | s1=A q1=1 d1 | F c2 F | x0 F",
      "\(write) | \(flush) | W!A=1 | s1=A q1=1 d1 | F c2 F | x1 F"
    ),
    // The opening before the workload counts up as well.
    (.s15, "\(write) | x0 F", "s0=A q0=1 d0 | c2 x0 F"),
    (
      .s16,
      "\(overwritten) | F c2 F x0 F | W!A=2 x1 F",
      "\(overwritten) | F c2 F q0=0 F | W!A=2 q1=0 F"
    ),
    (
      .s17,
      "\(write) | s1=B q1=0 d1 | F c1 F W!A=1,2 x0 x1 F",
      "\(write) | s1=B q1=0 d1 | W!A=1,2 x0 x1 F"
    ),
    (
      .s18,
      "\(write) | \(flush) | W!A=1 | s1=A q1=1 d1 | F c2 F | | x0 F",
      "\(write) | \(flush) | | s1=A q1=1 d1 | F c2 F | | W!A=2 W!A=1 x0 x1 F"
    ),
    (.s19, "\(overwritten) | x0 x1 F D:A+1", "\(overwritten) | x1 F D:A+1"),
    (
      .s20,
      "\(write) | \(flush) | W!A=1 x0 F | s0=B q0=1 d0",
      "\(write) | \(flush) | W!A=1 x0 | s0=B q0=1 d0 F"
    ),
    (
      .s21,
      "\(write) | \(flush) | s1=B q1=1 d1 | x0 F D:A+1 | F c2 F",
      "\(write) | \(flush) | s1=B q1=1 d1 | x0 F D:A+1 |"
    ),
    (.s22, "\(write) | F c1 F", "\(write) | F c72057594037927936 F"),
    (.s25, "\(write) F c1 F", write),
    (
      .s29,
      "\(overwritten) | F c2 F x0 F | s2=A q2=2 d2 | F c3 F x1 F | s3=A q3=3 d3 | F c4 F x2 F",
      "\(overwritten) | F c2 F | s2=A q2=2 d2 | F c3 F | s3=A q3=3 d3 | F c4 F"
    ),
  ]

  private func log(_ defect: CacheDefect, _ defects: CacheDefects) throws -> String {
    var bench = try Workbench(
      blocks: defect.smallestBlockCount,
      options: Workbench.options { $0.defects = defects }
    )
    return try bench.run(defect.smallestWorkload)
  }

  @Test(arguments: sequences)
  func theDefectChangesItsStepAndNothingElse(
    _ defect: CacheDefect,
    _ correct: String,
    _ broken: String
  ) throws {
    #expect(try log(defect, []) == correct)
    #expect(try log(defect, CacheDefects(defect)) == broken)
  }

  @Test func aFenceAfterTheNextWriteIsThereOnlyOnce() throws {
    var bench = try Workbench(options: Workbench.options { $0.defects = .s20 })
    #expect(
      try bench.run("write A, flush, write A, flush, write B, write C, flush").hasSuffix(
        "F c2 F x0 | s2=B q2=2 d2 F | s0=C q0=2 d0 | F c3 F"
      )
    )
  }

  @Test(arguments: [512, 1024, 2048, 4096])
  func blocksOfADataOffsetNotRoundedBeginAfterTheTable(_ blockSize: Int) throws {
    for (defects, rounds) in [([], true), (.s23, false)] as [(CacheDefects, Bool)] {
      var options = CacheOptions(blockSize: blockSize)
      options.defects = defects
      var medium = RecordingMedium(size: 16384)
      let layout = try CacheFormat.format(&medium, options: options)
      let table = 64 + 16 * layout.blockCount
      #expect(
        layout.dataOffset == (rounds ? (table + blockSize - 1) / blockSize * blockSize : table)
      )
      var cache = try Cache(
        opening: medium,
        over: MemoryOrigin(sectorCount: 64),
        options: options
      )
      let bytes = [UInt8](repeating: 7, count: blockSize)
      try cache.write(bytes, at: 0, isForced: true)
      let stored = cache.medium.bytes[layout.dataOffset..<(layout.dataOffset + blockSize)]
      #expect(Array(stored) == bytes)
      #expect(try cache.read(byteCount: blockSize, at: 0) == bytes)
    }
  }

  @Test(arguments: [512, 1024, 2048, 4096])
  func sectorsInBlocksDifferFromSectorsButForBlocksOfOneSector(_ blockSize: Int) throws {
    for defects in [[], .s24] as [CacheDefects] {
      var options = CacheOptions(blockSize: blockSize)
      options.defects = defects
      var cache = try Cache(
        opening: RecordingMedium(size: 65536),
        over: MemoryOrigin(sectorCount: 64),
        options: options
      )
      let sector = UInt64(blockSize / 512)
      try cache.write([UInt8](repeating: 1, count: blockSize), at: sector, isForced: true)
      #expect(cache.medium.load64(at: 64) == (defects.isEmpty ? sector : 1))
      let (medium, origin) = cache.abandon()
      let again = try Cache(opening: medium, over: origin, options: options)
      #expect(again.state.cachedSectors == [sector])
    }
  }

  @Test(arguments: PersistStrategy.allCases, [512, 1024, 2048, 4096])
  func aTailIsNotWrittenBackWhereThereIsOne(_ strategy: PersistStrategy, _ blockSize: Int) throws {
    var events: [[MediumEvent]] = []
    for defects in [[], .s26] as [CacheDefects] {
      var options = CacheOptions(blockSize: blockSize, strategy: strategy)
      options.defects = defects
      var cache = try Cache(
        opening: RecordingMedium(size: 65536),
        over: MemoryOrigin(sectorCount: 64),
        options: options
      )
      cache.medium.events = []
      try cache.write([UInt8](repeating: 1, count: blockSize), at: 0)
      events.append(cache.medium.events)
      let end = cache.state.layout.dataOffset + blockSize
      let isTailFlushed = events[events.count - 1].contains { event in
        switch event {
        case .writeBack(let line): line == end / 64 - 1
        case .request(let range): range.contains(end - 1)
        case .store(let offset, _, _, let isNonTemporal): isNonTemporal && offset == end - 8
        case .fence: false
        }
      }
      let hasTail =
        strategy == .cachedWithFlushRequests || strategy == .kernelMixed && blockSize >= 768
      #expect(isTailFlushed == !(hasTail && defects == .s26))
      #expect(cache.medium.bytes[(end - 64)..<end].allSatisfy { $0 == 1 })
    }
    let isSame = events[0] == events[1]
    #expect(isSame == (strategy == .nonTemporal || strategy == .kernelMixed && blockSize == 512))
  }

  @Test func magicFirstPublishesBeforeAnythingElse() throws {
    var options = CacheOptions(blockSize: 512)
    options.defects = .s27
    var medium = RecordingMedium(size: 4096)
    try CacheFormat.format(&medium, options: options)
    #expect(
      medium.events.first
        == .store(offset: 0, size: 8, value: 0x1_2348_9321, isNonTemporal: true)
    )
    #expect(medium.events.last == .fence)
    #expect(medium.events.count { $0 == .fence } == 1)
    var correct = RecordingMedium(size: 4096)
    try CacheFormat.format(&correct, options: CacheOptions(blockSize: 512))
    #expect(correct.bytes == medium.bytes)
  }

  @Test func duplicatesAreAcceptedInSilence() throws {
    var bench = try Workbench(options: Workbench.options { $0.defects = .s16 })
    _ = try bench.run(CacheDefect.s28.smallestWorkload)
    for (defects, isSilent) in [(.s16, false), ([.s16, .s28], true)] as [(CacheDefects, Bool)] {
      var medium = bench.cache.medium
      var options = bench.options
      options.defects = defects
      let state = try CacheState.recover(on: &medium, options: options)
      #expect((state.identicalEntries == nil) == isSilent)
      #expect(state.cachedSectors == [0])
    }
  }
}
