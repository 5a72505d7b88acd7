extension CacheOptions {
  /// Checks every limit that does not depend on the medium.
  ///
  /// - Throws: the first that is not kept, as `CacheError.Reason.option`.
  public func validate() throws(CacheError) {
    try Self.require(highWatermark, of: "high_watermark", in: 0...100)
    try Self.require(lowWatermark, of: "low_watermark", in: 0...100)
    try Self.require(writeBackJobs, of: "writeback_jobs", in: 0...Int.max)
    try Self.require(autocommitBlocks, of: "autocommit_blocks", in: 0...Int.max)
    try Self.require(autocommitTime, of: "autocommit_time", in: 0...3_600_000)
    try Self.require(maxAge ?? 0, of: "max_age", in: 0...86_400_000)
    guard highWatermark >= lowWatermark else {
      throw CacheError(.option(.watermarks(high: highWatermark, low: lowWatermark)))
    }
  }

  private static func require<Number: BinaryInteger>(
    _ value: Number,
    of option: String,
    in limits: ClosedRange<Number>
  ) throws(CacheError) {
    guard limits.contains(value) else {
      throw CacheError(
        .option(
          .outOfRange(
            option: option,
            value: String(value),
            limits: "\(limits.lowerBound) to \(limits.upperBound)"
          )
        )
      )
    }
  }
}

/// What is wrong with the options of a cache; the driver returns `EINVAL` for each.
public enum OptionFault: Hashable, Sendable {
  /// A number is outside its limits.
  case outOfRange(option: String, value: String, limits: String)
  /// The high watermark is below the low one.
  case watermarks(high: Int, low: Int)
  /// No option has this name.
  case unknown(String)
  /// The option needs a number and has this, or nothing.
  case notANumber(option: String, found: String?)
  /// More optional words than the driver takes, which is 18.
  case tooManyWords(Int)
  /// The option is for caches on a disk.
  case onlyForDisks(String)
}

extension OptionFault: CustomStringConvertible {
  /// A clause that names the option.
  public var description: String {
    switch self {
    case .outOfRange(let option, let value, let limits):
      "\(option) is \(value), which is outside \(limits)"
    case .watermarks(let high, let low):
      "high_watermark \(high) is below low_watermark \(low)"
    case .unknown(let name): "there is no option \(name)"
    case .notANumber(let option, let found):
      "\(option) needs a number, not " + (found.map { "'\($0)'" } ?? "the end of the options")
    case .tooManyWords(let count): "\(count) optional words are more than 18"
    case .onlyForDisks(let option):
      "\(option) is for caches on a disk, not in persistent memory"
    }
  }
}
