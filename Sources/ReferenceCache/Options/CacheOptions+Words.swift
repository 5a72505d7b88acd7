extension CacheOptions {
  /// Most optional words that the driver takes.
  public static let wordLimit = 18

  /// Sets options from the words of a device-mapper table, such as `high_watermark 60 nofua`.
  ///
  /// Names are those of the kernel, in upper or lower case; later words win. Limits are checked at the end.
  ///
  /// - Throws: `CacheError.Reason.option`; the options are then unchanged.
  public mutating func apply(_ words: [String]) throws(CacheError) {
    guard words.count <= Self.wordLimit else {
      throw CacheError(.option(.tooManyWords(words.count)))
    }
    var changed = self
    var rest = words[...]
    while let word = rest.popFirst() {
      let name = word.lowercased()
      if changed.setFlag(name) { continue }
      guard Self.numbers.contains(name) else { throw CacheError(.option(.unknown(word))) }
      try changed.setNumber(name, to: try Self.number(rest.popFirst(), of: name))
    }
    try changed.validate()
    self = changed
  }

  private static let numbers: Set<String> = [
    "start_sector", "high_watermark", "low_watermark", "writeback_jobs", "autocommit_blocks",
    "autocommit_time", "max_age", "pause_writeback",
  ]

  private mutating func setFlag(_ name: String) -> Bool {
    switch name {
    case "cleaner": isCleaner = true
    case "metadata_only": isMetadataOnly = true
    case "fua": forcesOriginWrites = true
    case "nofua": forcesOriginWrites = false
    default: return false
    }
    return true
  }

  /// The driver reads all but the start sector into 32 bits.
  private static func number(_ word: String?, of option: String) throws(CacheError) -> UInt64 {
    let isLong = option == "start_sector"
    guard let word, !word.hasPrefix("+"), let value = UInt64(word),
      isLong || value <= UInt64(UInt32.max)
    else { throw CacheError(.option(.notANumber(option: option, found: word))) }
    return value
  }

  private mutating func setNumber(_ name: String, to value: UInt64) throws(CacheError) {
    switch name {
    case "start_sector": startSector = value
    case "high_watermark": highWatermark = Int(value)
    case "low_watermark": lowWatermark = Int(value)
    case "writeback_jobs": writeBackJobs = Int(value)
    case "autocommit_blocks": autocommitBlocks = Int(value)
    case "autocommit_time": autocommitTime = value
    case "max_age": maxAge = value
    default: throw CacheError(.option(.onlyForDisks(name)))
    }
  }
}
