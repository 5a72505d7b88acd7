import BigInt
import Checker
import PersistencyModel
import TraceFormat

extension CertificateRecord {
  /// The certificate of a check.
  ///
  /// - Throws: `ToolFailure.internalError` where it does not add up: a defect of ours, never the trace's.
  init(
    _ report: CheckReport,
    of input: CheckInput,
    _ arguments: TraceArguments,
    _ search: SearchArguments,
    recovery: Recovery,
    ignoring ignored: [String] = [],
    images: [Image],
    controls: [Control]?
  ) throws {
    let proof = report.certificate
    let census = ImageCensus(input)
    verdict = report.verdict.rawValue
    reasons = report.reasons
    model = Self.model(input.options, input.memory.space)
    options = Options(input, arguments, search, ignored)
    self.recovery = recovery
    fidelity = input.numbered.trace.header.fidelity.map { Reading(name: $0.name, text: $0.text) }
    traceDigest = "sha256:\(input.summary.digest.description)"
    traceEvents = Int(input.summary.eventCount)
    self.images = images
    addressSpace = DeviceTable(input.memory.space)
    marks = input.addedMarks
    promiseChanges = Self.promiseChanges(proof.promiseChanges, in: input.numbered.trace)
    crashPoints = proof.crashPoints
    shrinkingEvents = census.shrinkingEvents
    permittedChoices = String(proof.permittedChoices)
    distinctImages = DistinctImages(census, choices: proof.permittedChoices)
    executed = String(proof.executed)
    recoveryRuns = proof.recoveryRuns
    digestQuestions = proof.digestQuestions.isEmpty ? nil : proof.digestQuestions.map(Digest.init)
    nested = proof.nested.map {
      Nested(
        recoveries: $0.recoveries,
        choices: String($0.choices),
        recoveryRuns: $0.recoveryRuns,
        depth: $0.depth,
        passedOver: $0.passedOver == 0 ? nil : $0.passedOver
      )
    }
    merged = proof.merged.map { Share(rule: $0.rule, choices: String($0.choices)) }
    excluded = proof.excluded.map { Share(rule: $0.rule, choices: String($0.choices)) }
    negativeControls = controls
    if let mismatch = try sumMismatch() {
      throw ToolFailure.internalError("the certificate does not add up: \(mismatch)")
    }
    seal = try computedSeal()
  }

  /// What the model was, in a few words.
  static func model(_ options: ModelOptions, _ space: AddressSpace) -> String {
    var words = ["Px86", "\(options.order.rawValue) order", options.tear.rawValue]
    if options.treatsClflushAsWeak { words.append("clflush weak") }
    let domains = Set(space.devices.map(\.domain.rawValue)).sorted()
    words.append(options.domainOverride?.rawValue ?? domains.joined(separator: "+"))
    return words.joined(separator: ", ")
  }

  /// Positions of marks as numbers among the marks, from 1, in ranges.
  private static func promiseChanges(_ positions: [Int], in trace: Trace) -> String {
    var numbers: [Int: Int] = [:]
    for (position, event) in trace.events.enumerated() where event.kind == .mark {
      numbers[position] = numbers.count + 1
    }
    return NumberRanges.text(positions.compactMap { numbers[$0] })
  }
}

extension CertificateRecord.Options {
  fileprivate init(
    _ input: CheckInput,
    _ arguments: TraceArguments,
    _ search: SearchArguments,
    _ ignored: [String]
  ) {
    tear = arguments.tear
    order = arguments.order
    weakClflush = arguments.weakClflush
    domain = arguments.domain
    process = arguments.process
    routing = input.appliedRouting
    flushesAreRequests = arguments.flushesAreRequests
    fencesFrom = arguments.fencesFrom
    without = arguments.without
    asPlain = arguments.asPlain
    crashWithin = search.crashWithin
    skip = search.skip
    policy = search.policy
    level = search.level.level.rawValue
    ignore = ignored
    nested = search.nested
    maxExecutions = search.maxExecutions
    timeLimit = search.timeLimit
    maxMemory = search.maxMemory
    seed = search.seed
  }
}

extension CertificateRecord.DistinctImages {
  init(_ census: ImageCensus, choices: BigUInt) {
    if !census.recurs {
      self.init(count: String(choices), basis: .noContentRecurs)
    } else if let images = census.enumerated {
      self.init(count: String(images), basis: .enumerated)
    } else {
      self.init(count: String(choices), basis: .bound)
    }
  }
}

/// Ascending numbers as text: `1-12,14`.
enum NumberRanges {
  static func text(_ numbers: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map { range in
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }.joined(separator: ",")
  }

  /// The numbers of a text; `nil` for another text, or for one that names a number above `limit`.
  static func numbers(_ text: String, limit: Int) -> [Int]? {
    var numbers: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: !text.contains(",")) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil,
        first > numbers.last ?? 0, first <= last, last <= limit
      else { return nil }
      numbers += first...last
    }
    return numbers
  }
}

extension CertificateRecord.Image {
  /// An image by its bytes.
  init(role: String, device: String? = nil, bytes: [UInt8]) {
    self.init(role: role, device: device, size: bytes.count, digest: sha256(bytes))
  }
}

extension CertificateRecord.Mark {
  /// A mark that names an operation; `nil` for a label.
  init?(_ mark: PersistencyModel.Mark, after event: Int) {
    switch mark {
    case .label: return nil
    case .begin(let operation):
      self.init(after: event, operation: operation.number, kind: .begin)
    case .acknowledge(let number): self.init(after: event, operation: number, kind: .acknowledge)
    }
  }
}

extension CertificateRecord.Digest {
  init(_ coverage: DigestCoverage) {
    digest = coverage.digest
    address = "0x" + String(coverage.range.lowerBound, radix: 16)
    size = coverage.range.count
    storedAt = "0x" + String(coverage.stored, radix: 16)
    tornStatesThatPass = String(coverage.tornStatesThatPass)
    reasonForReading = coverage.reasonForReading
  }
}
