import FlushTracer
import PersistencyModel
import ReferenceCache

/// Runs operations on a cache, one after the other.
struct WorkloadRunner: ~Copyable {
  private var cache: FileCache
  private let subject: String
  private let log: WorkloadLog
  private var count = 0

  init(_ cache: consuming FileCache, subject: String, log: WorkloadLog) {
    self.cache = cache
    self.subject = subject
    self.log = log
  }

  /// Bytes of a block.
  var blockSize: Int { cache.state.layout.blockSize }

  /// Whole blocks of the origin.
  var originBlocks: UInt64 { cache.origin.sectorCount / cache.state.layout.sectorsPerBlock }

  /// Runs one operation; `place` is where a failure is said to be.
  ///
  /// - Throws: `ToolFailure`, of which one says that a content was not the expected one.
  mutating func run(_ step: WorkloadStep, at place: String) throws(ToolFailure) {
    count += 1
    try log.begin(count, step)
    do throws(CacheError) {
      try perform(step)
    } catch {
      throw ToolFailure(error, subject: "\(place): \(step): \(subject)")
    }
    try tell(step, at: place)
    try cache.medium.check()
    if step.mayWriteBack, let failure = cache.failure {
      throw ToolFailure(failure, subject: "\(place): \(step): \(subject)")
    }
    try log.done(count)
  }

  /// Ends with a commit.
  ///
  /// - Throws: `ToolFailure` where something may not have reached the disk.
  consuming func end() throws(ToolFailure) {
    let subject = subject
    cache.suspend()
    let failure = cache.failure
    try cache.abandon().medium.check()
    if let failure { throw ToolFailure(failure, subject: subject) }
  }

  /// The same after `reopen` and `crash`: the files stay mapped, everything else begins again.
  ///
  /// - Throws: `ToolFailure`.
  consuming func reopened(
    _ step: WorkloadStep,
    at place: String
  ) throws(ToolFailure) -> WorkloadRunner {
    let number = count + 1
    let (log, subject, options) = (log, subject, cache.options)
    try log.begin(number, step)
    let (medium, origin) = step == .crash ? cache.abandon() : cache.close()
    try medium.check()
    let opened = try reporting("\(place): \(step): \(subject)") { () throws(CacheError) in
      try FileCache(opening: medium, over: origin, options: options)
    }
    try log.done(number)
    var runner = WorkloadRunner(opened, subject: subject, log: log)
    runner.count = number
    return runner
  }

  private mutating func perform(_ step: WorkloadStep) throws(CacheError) {
    switch step {
    case .write(let blocks, let content, let isForced, let isMetadata):
      let bytes = content.bytes(at: blocks.sector, byteCount: blocks.count * blockSize)
      try cache.write(bytes, at: blocks.sector, isForced: isForced, isMetadata: isMetadata)
    case .discard(let sectors): try cache.discard(sectors)
    case .flush: try cache.flush()
    case .commit: cache.commit()
    case .writeBack: try cache.writeBack()
    case .startWriteBack(let limit): cache.startWriteBack(limit: limit)
    case .completeWriteBack: cache.completeWriteBack()
    case .tick(let milliseconds): cache.tick(milliseconds: milliseconds)
    case .suspend: cache.suspend()
    case .resume: try cache.resume()
    case .message(let text): try cache.message(text)
    case .read, .expect, .status, .reopen, .crash: break
    }
  }

  /// What an operation has to show, or to find.
  private mutating func tell(_ step: WorkloadStep, at place: String) throws(ToolFailure) {
    switch step {
    case .read(let blocks):
      for (sector, name) in try names(of: blocks, at: place) { try log.say("\(sector) \(name)") }
    case .expect(let blocks, let contents):
      let expected = contents.map { ($0.name, $0 == .zeros ? "zeros" : String($0.number)) }
      for (sector, found) in try names(of: blocks, at: place)
      where !expected.contains(where: { $0.1 == found }) {
        let wanted = expected.map(\.0).joined(separator: " or ")
        throw .violated("\(place): sector \(sector) holds \(found), expected \(wanted)")
      }
    case .status: try log.say("status \(cache.status)")
    default: break
    }
  }

  private mutating func names(
    of blocks: WorkloadStep.Blocks,
    at place: String
  ) throws(ToolFailure) -> [(sector: UInt64, name: String)] {
    let size = blockSize
    let bytes: [UInt8]
    do throws(CacheError) {
      bytes = try cache.read(byteCount: blocks.count * size, at: blocks.sector)
    } catch {
      throw ToolFailure(error, subject: "\(place): \(subject)")
    }
    return (0..<blocks.count).map { block in
      let sector = blocks.sector + UInt64(block * size / 512)
      return (
        sector, BlockPattern.name(of: bytes[(block * size)..<((block + 1) * size)], at: sector)
      )
    }
  }
}
