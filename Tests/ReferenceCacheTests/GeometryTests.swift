import Testing

@testable import ReferenceCache

/// Sizes in bytes; for each block size 512, 1,024, 2,048, 4,096: number of blocks and data offset.
private let table: [(size: UInt64, expected: [(count: Int, dataOffset: Int)])] = [
  (8 << 10, [(15, 512), (7, 1024), (3, 2048), (1, 4096)]),
  (64 << 10, [(124, 2048), (62, 2048), (31, 2048), (15, 4096)]),
  (1 << 20, [(1985, 32256), (1008, 16384), (508, 8192), (254, 8192)]),
  (16 << 20, [(31774, 508928), (16131, 259072), (8128, 131072), (4080, 65536)]),
  (64 << 20, [(127100, 2_033_664), (64527, 1_033_216), (32513, 522240), (16320, 262144)]),
  (
    1 << 30,
    [(2_033_601, 32_538_112), (1_032_444, 16_519_168), (520223, 8_325_120), (261123, 4_182_016)]
  ),
]

@Suite struct GeometryTests {
  @Test func formatChoosesTheKernelsGeometry() throws {
    for row in table {
      for (blockSize, expected) in zip([512, 1024, 2048, 4096], row.expected) {
        let area = CacheArea(base: 0, size: row.size)
        let layout = try CacheLayout.formatting(area, blockSize: blockSize)
        #expect(layout.blockCount == expected.count, "\(row.size) bytes in blocks of \(blockSize)")
        #expect(layout.dataOffset == expected.dataOffset)
      }
    }
  }

  /// Compared with the plainest search there is, for every size up to 64 KiB in steps of 512.
  @Test func noFurtherBlockFitsAndNoneReachesBeyondTheEnd() throws {
    for blockSize in [512, 1024, 2048, 4096] {
      for size in stride(from: 512, through: 64 << 10, by: 512) {
        let fitting = (1...200).last { count in
          let table = 64 + 16 * count
          return (table + blockSize - 1) / blockSize * blockSize + count * blockSize <= size
        }
        let area = CacheArea(base: 0, size: UInt64(size))
        let layout = try? CacheLayout.formatting(area, blockSize: blockSize)
        #expect(layout?.blockCount == fitting)
      }
    }
  }

  @Test func existingMediaMayHaveFewerBlocksThanFitAndEvenNone() throws {
    let area = CacheArea(base: 512, size: 1 << 20)
    for count in [0, 1, 7, 253, 254] as [UInt64] {
      let layout = try CacheLayout.existing(area, blockSize: 4096, blockCount: count)
      #expect(layout.blockCount == Int(count))
      #expect(layout.blockRange(ofEntry: 0).lowerBound == 512 + layout.dataOffset)
    }
  }

  @Test func tooManyBlocksAndOverflowsAreToldApart() {
    let area = CacheArea(base: 0, size: 1 << 20)
    func refusal(_ count: UInt64) -> CacheError? {
      do throws(CacheError) {
        _ = try CacheLayout.existing(area, blockSize: 4096, blockCount: count)
        return nil
      } catch { return error }
    }
    let (needed, available): (UInt64, UInt64) = (8192 + 255 * 4096, 1 << 20)
    let tooLarge = CacheError.Reason.refused(
      .blockCountTooLarge(255, needed: needed, available: available)
    )
    #expect(refusal(255)?.reason == tooLarge)
    #expect(refusal(255)?.position == 16)
    for count in [1 << 52, 1 << 60, UInt64.max / 16, UInt64.max] {
      #expect(refusal(count)?.reason == .refused(.blockCountOverflows(count)))
    }
  }

  @Test func moreBlocksThanTheDriverCountsAreNotFormatted() {
    let area = CacheArea(base: 0, size: 1 << 62)
    #expect(throws: CacheError.self) { try CacheLayout.formatting(area, blockSize: 512) }
    #expect(throws: Never.self) { try CacheLayout.formatting(area, blockSize: 4096 << 8) }
  }
}
