/// One thing that a workload does with a cache.
enum CacheStep: Hashable, Sendable {
  /// Writes the next content of a block.
  case write(Int)
  /// The same, durable on return.
  case forcedWrite(Int)
  /// Makes everything written durable.
  case flush
  /// Discards a block.
  case discard(Int)
  /// Writes everything back to the origin.
  case writeBack
  /// Begins to write back up to so many entries, and leaves them under write-back.
  case startWriteBack(Int)
  /// Ends the write-back that was begun.
  case completeWriteBack
  /// Commits without being asked by a flush.
  case commit
  /// Lets so many milliseconds pass.
  case tick(Int)
  /// Closes the cache and opens it again.
  case reopen
  /// Suspends the cache and resumes it.
  case suspendAndResume
  /// Loses power, recovers what is left, and goes on.
  case powerCut
}

extension CacheStep: CustomStringConvertible {
  /// What it is called: blocks by letters, A for block 0.
  var description: String {
    switch self {
    case .write(let block): "write \(Self.name(of: block))"
    case .forcedWrite(let block): "FUA write \(Self.name(of: block))"
    case .flush: "flush"
    case .discard(let block): "discard \(Self.name(of: block))"
    case .writeBack: "write back"
    case .startWriteBack(.max): "start write-back"
    case .startWriteBack(let limit): "start write-back \(limit)"
    case .completeWriteBack: "complete write-back"
    case .commit: "commit"
    case .tick(let milliseconds): "tick \(milliseconds)"
    case .reopen: "reopen"
    case .suspendAndResume: "suspend and resume"
    case .powerCut: "power cut"
    }
  }

  /// The name of a block: A for 0.
  static func name(of block: Int) -> String {
    precondition((0..<26).contains(block), "A workload has at most 26 blocks")
    return String(UnicodeScalar(UInt8(ascii: "A") + UInt8(block)))
  }

  /// The step that is called so; `nil` for what is none.
  init?(_ text: String) {
    if let step = Self.plain.first(where: { $0.description == text }) {
      self = step
      return
    }
    let words = text.split(separator: " ").map(String.init)
    guard let last = words.last else { return nil }
    let verb = words.dropLast().joined(separator: " ")
    switch (verb, Self.block(named: last), Int(last)) {
    case ("write", let block?, _): self = .write(block)
    case ("FUA write", let block?, _): self = .forcedWrite(block)
    case ("discard", let block?, _): self = .discard(block)
    case ("start write-back", _, let limit?) where limit > 0: self = .startWriteBack(limit)
    case ("tick", _, let milliseconds?) where milliseconds >= 0: self = .tick(milliseconds)
    default: return nil
    }
  }

  private static let plain: [CacheStep] = [
    .flush, .writeBack, .startWriteBack(.max), .completeWriteBack, .commit, .reopen,
    .suspendAndResume, .powerCut,
  ]

  private static func block(named name: String) -> Int? {
    guard let letter = name.utf8.first, name.utf8.count == 1,
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter)
    else { return nil }
    return Int(letter - UInt8(ascii: "A"))
  }
}

/// Steps one after the other, as text separated by commas.
struct CacheWorkload: Hashable, Sendable, CustomStringConvertible {
  var steps: [CacheStep]

  init(_ steps: [CacheStep]) { self.steps = steps }

  /// Reads what `description` writes.
  ///
  /// - Throws: a sentence that quotes what is no step.
  init(parsing text: String) throws {
    steps = try text.split(separator: ",").map { part in
      let name = part.trimmed
      guard let step = CacheStep(name) else {
        throw ToolFailure.usage(
          "\"\(name)\" is no step of a workload; steps are \"write A\", \"FUA write A\", \"flush\", "
            + "\"discard A\", \"write back\", \"start write-back\", \"complete write-back\", \"commit\", "
            + "\"tick 1000\", \"reopen\", \"suspend and resume\", \"power cut\""
        )
      }
      return step
    }
  }

  var description: String { steps.map(\.description).joined(separator: ", ") }

  /// Blocks that some step names: at least 1.
  var blockCount: Int {
    steps.map { step in
      switch step {
      case .write(let block), .forcedWrite(let block), .discard(let block): block + 1
      default: 1
      }
    }.max() ?? 1
  }

  /// The steps between power cuts.
  var incarnations: [[CacheStep]] {
    steps.split(separator: .powerCut, omittingEmptySubsequences: false).map(Array.init)
  }
}

extension Substring {
  /// Without spaces at both ends.
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
