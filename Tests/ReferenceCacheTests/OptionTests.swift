import PersistencyModel
import ReferenceCache
import TestSupport
import Testing

/// Options, their limits and what is said where they are not kept: dm-writecache reference 2.12.
@Suite struct OptionTests {
  private func refusal(of words: String) -> CacheError? {
    var options = CacheOptions()
    let before = options
    let error = #expect(throws: CacheError.self) {
      try options.apply(words.split(separator: " ").map(String.init))
    }
    #expect(options == before)
    return error
  }

  @Test func theKernelsWordsSetTheOptions() throws {
    var options = CacheOptions()
    try options.apply(
      """
      start_sector 8 high_watermark 70 low_watermark 60 writeback_jobs 12 autocommit_blocks 5 \
      autocommit_time 7 max_age 9 nofua metadata_only
      """.split(separator: " ").map(String.init)
    )
    var expected = CacheOptions()
    expected.startSector = 8
    expected.highWatermark = 70
    expected.lowWatermark = 60
    expected.writeBackJobs = 12
    expected.autocommitBlocks = 5
    expected.autocommitTime = 7
    expected.maxAge = 9
    expected.forcesOriginWrites = false
    expected.isMetadataOnly = true
    #expect(options == expected)
    try options.apply(["FUA", "Cleaner"])
    #expect(options.forcesOriginWrites && options.isCleaner)
  }

  @Test func defaultsAreTheKernels() {
    let options = CacheOptions()
    #expect(options.highWatermark == 50 && options.lowWatermark == 45)
    #expect(options.autocommitBlocks == 64 && options.autocommitTime == 1000)
    #expect(options.maxAge == nil && options.forcesOriginWrites)
    #expect(!options.isCleaner && !options.isMetadataOnly && !options.flushesOnSuspend)
  }

  @Test(arguments: [
    ("high_watermark 101", "high_watermark is 101, which is outside 0 to 100"),
    ("low_watermark 101 high_watermark 100", "low_watermark is 101, which is outside 0 to 100"),
    ("high_watermark 44", "high_watermark 44 is below low_watermark 45"),
    ("autocommit_time 3600001", "autocommit_time is 3600001, which is outside 0 to 3600000"),
    ("max_age 86400001", "max_age is 86400001, which is outside 0 to 86400000"),
    ("pause_writeback 3000", "pause_writeback is for caches on a disk, not in persistent memory"),
    ("autocommit_blocks", "autocommit_blocks needs a number, not the end of the options"),
    ("autocommit_blocks -1", "autocommit_blocks needs a number, not '-1'"),
    ("autocommit_blocks 4294967296", "autocommit_blocks needs a number, not '4294967296'"),
    ("writeback_jobs +5", "writeback_jobs needs a number, not '+5'"),
    ("writethrough", "there is no option writethrough"),
    ("fua 1", "there is no option 1"),
  ])
  func aLimitThatIsNotKeptIsRefusedInASentence(_ words: String, _ sentence: String) {
    let error = refusal(of: words)
    #expect(error?.description == sentence)
    #expect(error?.errno == 22)
  }

  @Test func limitsThemselvesAreAllowed() throws {
    for words in [
      "high_watermark 100 low_watermark 100", "high_watermark 0 low_watermark 0",
      "autocommit_time 3600000", "max_age 86400000", "max_age 0", "autocommit_blocks 4294967295",
    ] {
      var options = CacheOptions()
      try options.apply(words.split(separator: " ").map(String.init))
    }
  }

  @Test func moreThanEighteenWordsAreTooMany() {
    let words = [String](repeating: "fua", count: 19)
    #expect(refusal(of: words.joined(separator: " "))?.reason == .option(.tooManyWords(19)))
    var options = CacheOptions()
    #expect(throws: Never.self) { try options.apply(Array(words.dropLast())) }
  }

  @Test func openingChecksThemBeforeItTouchesTheMedium() {
    let changes: [(inout CacheOptions) -> Void] = [
      { $0.highWatermark = 101 }, { $0.lowWatermark = -1 }, { $0.highWatermark = 10 },
      { $0.autocommitBlocks = -1 }, { $0.writeBackJobs = -1 },
      { $0.autocommitTime = 3_600_001 }, { $0.maxAge = 86_400_001 },
    ]
    for change in changes {
      var options = CacheOptions()
      change(&options)
      do throws(CacheError) {
        _ = try Cache(
          opening: RecordingMedium(size: 65536),
          over: MemoryOrigin(sectorCount: 8),
          options: options
        )
        Issue.record("an option outside its limits was accepted")
      } catch {
        guard case .option = error.reason else {
          Issue.record("another refusal: \(error)")
          continue
        }
      }
    }
  }
}
