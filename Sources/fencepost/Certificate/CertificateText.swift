import BigInt

/// A certificate for people, below the verdict that it belongs to.
struct CertificateText {
  let record: CertificateRecord

  var lines: [String] {
    counts + sources + ["  options: \(options)", "  search: \(search)", "  recovery: \(recovery)"]
      + controls
  }

  private var counts: [String] {
    let events = record.shrinkingEvents
    return [
      "  crash points explored: \(grouped(BigUInt(record.crashPoints))) "
        + "(\(grouped(BigUInt(events))) event\(events == 1 ? "" : "s") after which fewer states are possible)",
      "  permitted choices: \(exactly(number(record.permittedChoices)))",
      "    executed: \(count(record.executed)) (\(grouped(BigUInt(record.recoveryRuns))) runs of recovery)",
    ] + record.merged.map { "    merged by \($0.rule): \(count($0.choices))" }
      + record.excluded.map { "    excluded, \($0.rule): \(count($0.choices))" }
      + crashesInside + (record.digestQuestions ?? []).flatMap(torn) + [
        "  distinct images: \(images)"
      ]
  }

  private func torn(_ digest: CertificateRecord.Digest) -> [String] {
    let place = "\(digest.digest) over \(digest.size) bytes at \(digest.address)"
    return
      (digest.tornStatesThatPass == "0"
      ? [] : ["  torn states that pass \(place): \(count(digest.tornStatesThatPass))"])
      + (digest.reasonForReading.map { ["  read in place of solving, \(place): \($0)"] } ?? [])
  }

  private var crashesInside: [String] {
    guard let nested = record.nested else { return [uninterrupted] }
    return [
      "  crash during recovery: \(grouped(BigUInt(nested.recoveries))) recoveries interrupted, at most "
        + "\(grouped(BigUInt(nested.depth))) in a row; \(count(nested.choices)) choices, "
        + "\(grouped(BigUInt(nested.recoveryRuns))) runs"
    ]
      + (nested.passedOver.map {
        ["    violations passed over as known (--ignore): of \(grouped(BigUInt($0))) recoveries"]
      } ?? [])
  }

  /// Why no recovery was interrupted.
  private var uninterrupted: String {
    let reason =
      switch record.recovery.name {
      case "writecache" where record.options.nested == "off": "not explored (--nested on does)"
      case "writecache": "explored; no recovery changed anything"
      case "assertions": "not explored; assertions change nothing"
      default: "not explored; what a checker stores is not recorded"
      }
    return "  crash during recovery: \(reason)"
  }

  private var images: String {
    switch record.distinctImages.basis {
    case .noContentRecurs: "\(count(record.distinctImages.count)), exact: no content recurs"
    case .enumerated: "\(count(record.distinctImages.count)), exact: all were looked at"
    case .bound: "at most \(count(record.distinctImages.count)): contents recur"
    }
  }

  private var sources: [String] {
    ["  trace: \(record.traceDigest), \(grouped(BigUInt(record.traceEvents))) events"]
      + record.images.map { image in
        "  \(image.role) image\(image.device.map { " of \($0)" } ?? ""): \(image.digest), "
          + "\(grouped(BigUInt(image.size))) bytes"
      }
  }

  private var options: String {
    let options = record.options
    var words = ["tear \(options.tear)", "\(options.order) order"]
    if options.weakClflush { words.append("clflush weak") }
    if let domain = options.domain { words.append("domain \(domain)") }
    if let process = options.process { words.append("process \(process)") }
    if let routing = options.routing { words.append("routing \(routing)") }
    if options.flushesAreRequests { words.append("flushes are requests") }
    if let pattern = options.fencesFrom { words.append("fences from \(pattern)") }
    words += options.without.isEmpty ? [] : ["without \(options.without.joined(separator: ","))"]
    words += options.asPlain.isEmpty ? [] : ["as plain \(options.asPlain.joined(separator: ","))"]
    words += options.crashWithin.map { "crashes within \($0)" }
    words += options.skip.map { "no crashes within \($0)" }
    words += options.ignore.map { "ignored \($0)" }
    return words.joined(separator: ", ")
  }

  private var search: String {
    let time = record.options.timeLimit.map { ", \($0)" } ?? ""
    let policy = record.options.policy == "exact" ? "" : "policy \(record.options.policy), "
    let level = record.recovery.name == "writecache" ? "level \(record.options.level), " : ""
    return "\(policy)\(level)at most \(grouped(BigUInt(record.options.maxExecutions))) runs, "
      + "\(record.options.maxMemory) of memory\(time); seed \(record.options.seed)"
  }

  private var recovery: String {
    let options = record.recovery.options.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return record.recovery.name
      + (options.isEmpty ? "" : " (\(options.joined(separator: ", ")))")
  }

  private var controls: [String] {
    guard let controls = record.negativeControls else { return [] }
    let lines = controls.map { control in
      let what = control.found.isEmpty ? "no difference" : control.found.joined(separator: ", ")
      let outcome =
        control.verdict == "consistent" ? "no difference" : "\(control.verdict): \(what)"
      return
        "  control: without \(control.events) \(control.kind) at \(control.site), the first event "
        + "\(control.firstEvent): \(control.verdict == "inconclusive" ? "inconclusive" : outcome)"
    }
    return lines + (NegativeControls.warning(controls).map { ["  warning: \($0)"] } ?? [])
  }

  private func number(_ text: String) -> BigUInt { BigUInt(text) ?? 0 }

  private func count(_ text: String) -> String { grouped(number(text)) }
}
