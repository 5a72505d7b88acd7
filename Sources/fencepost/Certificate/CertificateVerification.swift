import BigInt
import CertificateAudit
import Checker
import ComparisonPolicies
import PersistencyModel
import TraceFormat

/// Recounts a certificate and notes where it states something else.
struct CertificateVerification {
  let record: CertificateRecord
  /// Sentences, each naming a field: stated X, computed Y.
  private(set) var mismatches: [String] = []
  /// What was computed again, by whom.
  private(set) var recomputed: [String] = []
  /// What was only added up, compared or taken as stated.
  private(set) var taken: [String] = []

  init(_ document: CertificateDocument) throws {
    record = document.certificate
    compare("seal", record.seal, try record.computedSeal())
    if let verdict = document.verdict { compare("verdict", record.verdict, verdict) }
    recomputed.append("seal")
    try addUp()
  }

  /// Whether nothing was found wrong.
  var isVerified: Bool { mismatches.isEmpty }

  private mutating func compare<Value: Equatable>(
    _ field: String,
    _ stated: Value,
    _ computed: Value
  ) {
    if stated != computed { note("\(field): stated \(stated), computed \(computed)") }
  }

  private mutating func note(_ mismatch: String) { mismatches.append(mismatch) }

  /// What can be said without the trace.
  private mutating func addUp() throws {
    if let mismatch = try record.sumMismatch() { note(mismatch) }
    taken.append("executed, merged and excluded choices: only added up")
    let executed = try record.number(record.executed, "executed")
    if executed > BigUInt(max(record.recoveryRuns, 0)) {
      note(
        "executed: stated \(executed), computed at most \(record.recoveryRuns) from recoveryRuns"
      )
    }
    let excluded = try record.excluded.enumerated().reduce(BigUInt(0)) { sum, share in
      sum + (try record.number(share.element.choices, "excluded[\(share.offset)].choices"))
    }
    guard ["consistent", "violated", "inconclusive"].contains(record.verdict) else {
      throw CertificateFormatError(path: "verdict", reason: "there is no \(record.verdict)")
    }
    try addUpSearch()
    if record.verdict == "consistent" {
      if excluded > 0 { note("excluded: stated \(excluded), computed 0 from verdict consistent") }
      if let reason = record.reasons.first {
        note("reasons: stated \"\(reason)\", computed none from verdict consistent")
      }
    } else {
      if record.verdict == "inconclusive", record.reasons.isEmpty {
        note("reasons: stated none, computed at least one from verdict inconclusive")
      }
      if record.negativeControls != nil {
        note("negativeControls: stated some, computed none from verdict \(record.verdict)")
      }
    }
    taken.append(
      "verdict, reasons, recovery, runs, limits, seed"
        + (record.negativeControls == nil ? "" : ", negative controls")
        + ": taken as stated, running recovery again would tell"
    )
  }
}

// What the search was told.
extension CertificateVerification {
  private mutating func addUpSearch() throws {
    let options = record.options
    let _: ExplorationLevel = try known(options.level, "options.level")
    let policy: ComparisonPolicy = try known(options.policy, "options.policy")
    if policy != .exact, record.verdict == "consistent" {
      note("verdict: stated consistent, computed inconclusive from policy \(policy.rawValue)")
    }
    if options.nested == "off", let nested = record.nested {
      note("nested: stated \(nested.recoveries) recoveries, computed none from options.nested off")
    }
  }
}

// With the trace.
extension CertificateVerification {
  /// Reads the trace and counts again, by a counter that shares nothing with the model.
  mutating func recount(_ path: String, images: CertificateImages) throws {
    let read = try ToolFailure.translating {
      try TraceReader.trace(path, options: TraceReader.Options(process: record.options.process))
    }
    compare("traceDigest", record.traceDigest, "sha256:\(read.summary.digest.description)")
    compare("traceEvents", record.traceEvents, Int(read.summary.eventCount))
    guard record.traceDigest == "sha256:\(read.summary.digest.description)" else { return }
    recomputed.append("traceDigest, traceEvents, fidelity, model")
    compare(
      "fidelity",
      record.fidelity,
      read.trace.header.fidelity.map { .init(name: $0.name, text: $0.text) }
    )
    let space = try record.addressSpace.space()
    compare("model", record.model, CertificateRecord.model(try modelOptions(), space))
    if let event = read.trace.firstEvent(notCoveredBy: space) {
      return note("addressSpace: stated devices map nothing at event \(event + 1) of the trace")
    }
    let initial = try compareImages(images, space, read.trace)
    do throws(AuditError) {
      try count(read.trace, space, initial)
    } catch {
      note("\(error.field): \(error.reason)")
    }
  }

  private func modelOptions() throws -> ModelOptions {
    var options = ModelOptions()
    options.tear = try known(record.options.tear, "options.tear")
    options.order = try known(record.options.order, "options.order")
    options.treatsClflushAsWeak = record.options.weakClflush
    options.domainOverride = try record.options.domain.map { try known($0, "options.domain") }
    return options
  }

  private func known<Choice: RawRepresentable>(
    _ word: String,
    _ path: String
  ) throws -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: word) else {
      throw CertificateFormatError(path: path, reason: "there is no \(word)")
    }
    return choice
  }

  /// Compares images that are given; returns memory before the first event where it is known.
  private mutating func compareImages(
    _ images: CertificateImages,
    _ space: AddressSpace,
    _ trace: Trace
  ) throws -> ((CacheLine) -> LineBytes)? {
    let memory =
      try images.initial.isEmpty ? nil : CheckMemory(images.initial, space: space, for: trace)
    let final =
      try images.final.isEmpty
      ? nil : CheckMemory(images.final, role: "final", space: space, for: trace)
    let origin = try images.origin.map { path in
      try ToolFailure.translating {
        CertificateRecord.Image(
          role: "origin",
          bytes: try DecodedFile.bytes(ofFile: path, limit: 8 << 30)
        )
      }
    }
    for (role, given) in [
      ("initial", memory?.given), ("final", final?.given), ("origin", origin.map { [$0] }),
    ] {
      let stated = record.images.filter { $0.role == role }
      guard let given else {
        if !stated.isEmpty {
          taken.append("digest of the \(role) image: not compared, none was given")
        }
        continue
      }
      compare("images", stated.map(\.digest), given.map(\.digest))
      recomputed.append("digest of the \(role) image")
    }
    if let memory { return { memory.stack[$0] } }
    let isZero = !record.images.contains { $0.role == "initial" }
    return isZero ? { _ in LineBytes() } : nil
  }

  private mutating func count(
    _ trace: Trace,
    _ space: AddressSpace,
    _ initial: ((CacheLine) -> LineBytes)?
  ) throws(AuditError) {
    let changed = try record.changes.applied(to: trace, on: space)
    var subject = AuditSubject(trace: changed, space: space, reading: record.reading)
    subject.within = record.options.crashWithin
    subject.skip = record.options.skip
    subject.initial = initial
    let marks = changed.events.count { $0.kind == .mark }
    guard let changes = NumberRanges.numbers(record.promiseChanges, limit: marks) else {
      throw AuditError(
        "promiseChanges",
        "stated \(record.promiseChanges), the trace has \(marks) marks"
      )
    }
    if ["command", "library"].contains(record.recovery.name) {
      compare(
        "promiseChanges",
        record.promiseChanges,
        NumberRanges.text(Array(0..<marks).map { $0 + 1 })
      )
      recomputed.append("promiseChanges")
    } else {
      taken.append("promiseChanges: each is a mark of the trace, which ones was not recomputed")
    }
    subject.promiseChanges = changes
    compare(try ChoiceAudit.tally(of: subject))
  }

  private mutating func compare(_ tally: AuditTally) {
    compare("shrinkingEvents", record.shrinkingEvents, tally.shrinkingEvents)
    compare("permittedChoices", record.permittedChoices, String(tally.permittedChoices))
    if record.options.policy == ComparisonPolicy.exact.rawValue {
      compare("crashPoints", record.crashPoints, tally.crashPoints)
      recomputed.append("crashPoints, shrinkingEvents, permittedChoices, by a second counter")
    } else {
      recomputed.append("shrinkingEvents, permittedChoices, by a second counter")
      taken.append("crashPoints: those at which policy \(record.options.policy) tried states")
    }
    if record.verdict == "consistent", tally.permittedChoices == 1 {
      note("verdict: stated consistent, computed inconclusive: nothing was ever pending")
    }
    if record.verdict == "consistent", let name = tally.unmatchedScope.first {
      note("verdict: stated consistent, computed inconclusive: the scope \(name) matches nothing")
    }
    compareScope(tally)
    compareImages(tally)
  }

  private mutating func compareScope(_ tally: AuditTally) {
    let name = "outside the scope"
    let stated = record.excluded.first { $0.rule == name }?.choices ?? "0"
    let others = record.excluded.contains { $0.rule != name && $0.choices != "0" }
    if others {
      // A search that was stopped counts what is outside the scope as not reached.
      if let number = BigUInt(stated), number > tally.outsideScope {
        note("excluded, \(name): stated \(stated), computed at most \(tally.outsideScope)")
      }
      taken.append("choices \(name): only bounded, the search was cut short")
    } else {
      compare("excluded, \(name)", stated, String(tally.outsideScope))
      recomputed.append("choices \(name)")
    }
  }

  private mutating func compareImages(_ tally: AuditTally) {
    let computed: CertificateRecord.DistinctImages
    switch tally.distinctImages {
    case .unknown:
      taken.append("distinctImages: not recomputed, it takes the initial image")
      return
    case .noContentRecurs:
      computed = .init(count: String(tally.permittedChoices), basis: .noContentRecurs)
    case .enumerated(let count): computed = .init(count: String(count), basis: .enumerated)
    case .bound: computed = .init(count: String(tally.permittedChoices), basis: .bound)
    }
    compare("distinctImages.basis", record.distinctImages.basis.rawValue, computed.basis.rawValue)
    compare("distinctImages.count", record.distinctImages.count, computed.count)
    recomputed.append("distinctImages")
  }
}

extension CertificateRecord {
  /// What was changed in the recording.
  fileprivate var changes: AuditChanges {
    var changes = AuditChanges()
    changes.without = options.without
    changes.asPlain = options.asPlain
    changes.fencesFrom = options.fencesFrom
    changes.marks = marks.map {
      AddedMark(after: $0.after, operation: $0.operation, isBegin: $0.kind == .begin)
    }
    changes.routing = options.routing
    changes.flushesAreRequests = options.flushesAreRequests
    return changes
  }

  /// The model in the second counter's words.
  fileprivate var reading: AuditReading {
    var reading = AuditReading()
    reading.splitting = AuditReading.Splitting(rawValue: options.tear) ?? .w8
    reading.ordering = AuditReading.Ordering(rawValue: options.order) ?? .line
    reading.hasWeakClflush = options.weakClflush
    reading.domain = options.domain.flatMap { PersistenceDomain(rawValue: $0) }
    return reading
  }
}

/// Image files to compare a certificate with.
struct CertificateImages {
  var initial: [String] = []
  var final: [String] = []
  var origin: String?
}
