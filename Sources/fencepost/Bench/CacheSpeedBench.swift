import FlushTracer
import Glibc
import PersistencyModel
import ReferenceCache

/// Speed of the cache as a library, unrecorded: what 4 KiB writes and reads take beyond copying their bytes.
///
/// Each round copies the same bytes to the same places of the mapped file without a cache, then with it.
/// Fences only fence, as on persistent memory: what a plain file's disk takes is not the cache's.
struct CacheSpeedBench {
  static let blockSize = 4096
  static let cacheBlocks = 1024
  static let usedBlocks = 256
  static let operations = 20_000

  private let stack: DeviceStack
  private let rounds: Int
  private let sources: [[UInt8]]

  /// A bench on a new file in `directory`.
  init(in directory: String, rounds: Int) throws(TracerError) {
    let table = (64 + 16 * Self.cacheBlocks + Self.blockSize - 1) / Self.blockSize
    let size = (table + Self.cacheBlocks) * Self.blockSize
    stack = try DeviceStack(
      MappedRegion.create(directory + "/cache-speed", size: UInt64(size))
    )
    self.rounds = rounds
    sources = (0..<16).map { number in
      (0..<Self.blockSize).map { UInt8(truncatingIfNeeded: ($0 + number) &* 2_654_435_761 >> 7) }
    }
  }

  /// Copies by themselves, then writes by strategy and reads, then the fences of a commit.
  func results() throws -> [BenchResult] {
    var results = [
      copying("a 4 KiB copy in the cache (memcpy)", by: .memory),
      copying("a 4 KiB copy past the cache (movnti)", by: .nonTemporal),
      copying("a 4 KiB copy in the cache, each line written back", by: .writtenBack),
    ]
    results.append(try writing(.nonTemporal, beyond: .nonTemporal, "copying past the cache"))
    results.append(
      try writing(.cachedWithFlushRequests, beyond: .writtenBack, "copying and writing back")
    )
    results.append(try reading())
    return results + (try fences())
  }

  // MARK: Copies

  private func copying(_ name: String, by kind: BareCopy) -> BenchResult {
    summary(name, (0..<rounds).map { _ in copy(by: kind) }, goal: nil)
  }

  /// Nanoseconds of a copy to the places that a cache would use one after the other.
  private func copy(by kind: BareCopy) -> Double {
    let first = stack.size - Self.cacheBlocks * Self.blockSize
    return nanoseconds {
      for number in 0..<Self.operations {
        let place = first + number % Self.cacheBlocks * Self.blockSize
        let block = sources[number & 15]
        // SAFETY: every byte of an array of bytes is initialised, and it lives through the call.
        unsafe stack.copyBare(block.span.bytes, to: place, by: kind)
      }
    }
  }

  // MARK: The cache

  private func open(_ strategy: PersistStrategy) throws -> Cache<PlainMedium, MemoryOrigin> {
    var medium = PlainMedium(stack, writesPlainFilesToDisk: false)
    medium.storeNonTemporal(0 as UInt64, at: 0)
    return try Cache(
      opening: medium,
      over: MemoryOrigin(sectorCount: Self.usedBlocks * Self.blockSize / 512),
      options: CacheOptions(blockSize: Self.blockSize, strategy: strategy)
    )
  }

  /// Writes to sectors in no order, committed by count.
  private func writing(
    _ strategy: PersistStrategy,
    beyond kind: BareCopy,
    _ baseline: String
  ) throws -> BenchResult {
    var cache = try open(strategy)
    var samples: [Double] = []
    for _ in 0..<rounds {
      let copies = copy(by: kind)
      let writes = try nanoseconds {
        for number in 0..<Self.operations {
          try cache.write(sources[number & 15], at: Self.sector(number))
        }
      }
      samples.append(writes - copies)
    }
    return summary("a 4 KiB write, \(strategy), beyond \(baseline)", samples, goal: 300)
  }

  private func reading() throws -> BenchResult {
    var cache = try open(.nonTemporal)
    for number in 0..<Self.usedBlocks {
      try cache.write(sources[number & 15], at: UInt64(number * Self.blockSize / 512))
    }
    let first = stack.size - Self.cacheBlocks * Self.blockSize
    var buffer = [UInt8](repeating: 0, count: Self.blockSize)
    var span = buffer.mutableSpan
    // SAFETY: any bytes make a valid array of bytes, and it lives through the loop.
    var target = unsafe span.mutableBytes
    var samples: [Double] = []
    for _ in 0..<rounds {
      let copies = nanoseconds {
        for number in 0..<Self.operations {
          let block = Int(Self.sector(number)) * 512 / Self.blockSize
          stack.loadBare(at: first + block * Self.blockSize, into: &target)
        }
      }
      let reads = try nanoseconds {
        for number in 0..<Self.operations {
          try cache.read(into: &target, at: Self.sector(number))
        }
      }
      samples.append(reads - copies)
    }
    return summary("a 4 KiB read, beyond copying (memcpy)", samples, goal: 150)
  }

  /// A sector, each block used about as often as the others.
  private static func sector(_ number: Int) -> UInt64 {
    let mixed = UInt64(number) &* 0x9e37_79b9_7f4a_7c15 >> 32
    return mixed % UInt64(usedBlocks) * UInt64(blockSize / 512)
  }

  // MARK: Fences

  /// Fences of a commit: two, and one more where versions are superseded.
  private func fences() throws -> [BenchResult] {
    var cache = try open(.nonTemporal)
    return try [("new blocks", 2.0), ("new versions", 3.0)].map { name, goal in
      for number in 0..<8 {
        try cache.write(sources[number & 15], at: UInt64(number * Self.blockSize / 512))
      }
      let before = cache.medium.fenceCount
      try cache.flush()
      let count = Double(cache.medium.fenceCount - before)
      return BenchResult(name: "a commit of 8 \(name)", unit: "fences", values: [count], goal: goal)
    }
  }

  // MARK: Time

  /// Processor time of one operation: time that other programs take does not count.
  private func nanoseconds(_ body: () throws -> Void) rethrows -> Double {
    let begin = BenchResult.processorSeconds()
    try body()
    return (BenchResult.processorSeconds() - begin) * 1e9 / Double(Self.operations)
  }

  private func summary(_ name: String, _ samples: [Double], goal: Double?) -> BenchResult {
    BenchResult(name: name, unit: "ns", values: samples.sorted(), goal: goal)
  }
}
