import PersistencyModel
import ReferenceCache

/// A small cache on logged media, and the workloads that defects name.
///
/// Contents are tags: all bytes of a block are the number of the write that wrote it, from 1.
struct Workbench: ~Copyable {
  typealias LoggedCache = Cache<LoggedMedium, LoggedOrigin>

  var cache: LoggedCache
  let log: ProtocolLog
  let options: CacheOptions
  private var tag: UInt8 = 0

  /// Options for so many blocks of 512 bytes, write-back by hand.
  static func options(_ change: (inout CacheOptions) -> Void = { _ in }) -> CacheOptions {
    var options = CacheOptions(blockSize: 512)
    options.writeBack = .manual
    change(&options)
    return options
  }

  /// Formats a cache of `blocks` blocks, over an origin of so many blocks; nothing of it is logged.
  init(
    blocks: Int = 3,
    originBlocks: Int = 26,
    options: CacheOptions = Workbench.options()
  ) throws(CacheError) {
    let blockSize = options.blockSize
    let table = (64 + 16 * blocks + blockSize - 1) / blockSize * blockSize
    let size = table + blocks * blockSize
    var placed = options
    // A device has a page at least: the cache is at its end.
    placed.startSector = UInt64(max(0, 4096 - size) / 512)
    self.options = placed
    log = ProtocolLog()
    var origin = LoggedOrigin(
      disk: MemoryOrigin(sectorCount: originBlocks * blockSize / 512),
      log: log
    )
    origin.blockSize = blockSize
    var medium = LoggedMedium(bytes: [UInt8](repeating: 0, count: max(4096, size)), log: log)
    log.layout = try CacheFormat.format(&medium, options: placed)
    cache = try Cache(opening: medium, over: origin, options: placed)
    precondition(log.layout?.blockCount == blocks, "The device is for that many blocks")
    _ = log.take()
  }

  private var blockSize: Int { options.blockSize }
  private var sectorsPerBlock: UInt64 { UInt64(blockSize / 512) }

  /// First sector of a block by its letter.
  func sector(_ letter: some StringProtocol) -> UInt64 {
    UInt64(max(letter.utf8.first ?? 65, 65)) - 65
  }

  mutating func content() -> [UInt8] {
    tag += 1
    return [UInt8](repeating: tag, count: blockSize)
  }

  /// Runs a workload, operations separated by commas, and returns its log, a bar after each operation.
  mutating func run(_ workload: String) throws -> String {
    let operations = workload.split(separator: ", ").map(String.init)
    for (position, operation) in operations.enumerated() {
      if position > 0 { log.words.append("|") }
      try perform(operation)
    }
    return log.take()
  }

  private mutating func perform(_ operation: String) throws {
    let words = operation.split(separator: " ")
    let letter = words.last ?? ""
    let place = sector(letter) * sectorsPerBlock
    switch operation {
    case "flush": try cache.flush()
    case "write back": try cache.writeBack()
    case "start write-back": cache.startWriteBack()
    case "complete write-back": cache.completeWriteBack()
    case "suspend": cache.suspend()
    case "resume": try cache.resume()
    case "reopen": try reopen(isOrderly: true)
    case "power cut": try reopen(isOrderly: false)
    case "format": break
    case _ where operation.hasPrefix("write "): try cache.write(content(), at: place)
    case _ where operation.hasPrefix("meta write "):
      try cache.write(content(), at: place, isMetadata: true)
    case _ where operation.hasPrefix("FUA write "):
      try cache.write(content(), at: place, isForced: true)
    case _ where operation.hasPrefix("discard "):
      try cache.discard(place..<(place + sectorsPerBlock))
    case _ where operation.hasPrefix("tick "):
      cache.tick(milliseconds: UInt64(letter) ?? 0)
    default: preconditionFailure("No operation is called \(operation)")
    }
  }

  /// Stops, in an orderly way or not, and opens again: everything stored is still there.
  private mutating func reopen(isOrderly: Bool) throws {
    let isSuspended = cache.status.isSuspended
    if isOrderly, !isSuspended { cache.suspend() }
    let (medium, origin) = (cache.medium, cache.origin)
    cache = try Cache(opening: medium, over: origin, options: options)
  }

  /// The tag of a block as read; 0 for what the origin had.
  mutating func read(_ letter: String) throws -> UInt8 {
    let bytes = try cache.read(byteCount: blockSize, at: sector(letter) * sectorsPerBlock)
    precondition(Set(bytes).count == 1, "A block holds one content")
    return bytes[0]
  }

  /// The tag of a block on the origin.
  func onOrigin(_ letter: String) -> UInt8 {
    cache.origin.disk.bytes[Int(sector(letter)) * blockSize]
  }
}
