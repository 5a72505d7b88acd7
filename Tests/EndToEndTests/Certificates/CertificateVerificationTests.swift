import Foundation
import TestSupport
import Testing

@testable import fencepost

/// Certificates are recounted from the trace alone, whatever the check was told.
@Suite struct CertificateVerificationTests {
  static let options: [[String]] = [
    [], ["--tear", "line"], ["--tear", "w8seq", "--order", "word"], ["--domain", "eadr"],
    ["--domain", "wpq"], ["--weak-clflush"], ["--without", "5"], ["--without", "2-4", "10"],
    ["--fences-from", "second"], ["--fences-from", "nowhere"], ["--crash-within", "W"],
    ["--skip", "W"], ["--crash-within", "nowhere"], ["--routing", "first-device"],
    ["--devices", "linear:4K,4K@eadr"], ["--devices", "striped:64:4K,4K", "--routing", "correct"],
    ["--devices", "linear:4K,4K", "--routing", "first-device"],
    ["--flushes-are-requests", "--routing", "first-device"], ["--max-executions", "3"],
    ["--without", "@2"], ["--without", "@2:fence"], ["--without", "@1,@3:flush", "5"],
    ["--as-plain", "12"], ["--as-plain", "12-12"], ["--as-plain", "@5"],
    ["--as-plain", "@5:nonTemporalStore", "--without", "@2", "--fences-from", "second"],
    ["--policy", "yat"], ["--track", "off"], ["--ignore", "recoveryRejects"],
  ]

  @Test func certificatesUnderEveryOptionAreVerified() throws {
    let certified = try CertifiedTrace()
    var counts: Set<String> = []
    for options in Self.options {
      let (path, run) = try certified.certificate(options)
      #expect([0, 2].contains(run.status), "\(run.errors)")
      let document = try CertificateDocument.read(path)
      #expect(try certified.mismatches(document) == [], "\(options)")
      let record = document.certificate
      counts.insert("\(record.permittedChoices) \(record.crashPoints) \(record.excluded)")
    }
    // Some options come to the same, most do not.
    #expect(counts.count > 10, "\(counts)")
  }

  @Test func aCertificateOfAnotherTraceIsRefused() throws {
    let certified = try CertifiedTrace()
    let document = try CertificateDocument.read(try certified.certificate().path)
    let other = try certified.scratch.text("other.trace", "STORE;0;1;8;t\n")
    var verification = try CertificateVerification(document)
    try verification.recount(other, images: CertificateImages())
    #expect(verification.mismatches.count == 2)
    #expect(verification.mismatches[0].hasPrefix("traceDigest: stated sha256:"))
    #expect(verification.mismatches[1] == "traceEvents: stated 17, computed 1")
  }

  @Test func imagesAreComparedByDigestAndTellImagesApart() throws {
    let certified = try CertifiedTrace()
    let image = try certified.scratch.file("a.img", [UInt8](repeating: 7, count: 8192)).path
    let other = try certified.scratch.file("b.img", [UInt8](repeating: 8, count: 8192)).path
    let document = try CertificateDocument.read(
      try certified.certificate(["--initial", image]).path
    )
    #expect(try certified.mismatches(document) == [])
    #expect(try certified.mismatches(document, initial: [image]) == [])
    #expect(
      try certified.mismatches(document, initial: [other]).map { $0.prefix(15) }
        == ["images: stated "]
    )
  }

  @Test func everyOptionThatWasGivenIsInside() throws {
    let certified = try CertifiedTrace()
    let options = [
      "--as-plain", "@5", "--without", "@2:fence", "--ignore", "tornBlock:text", "--track", "off",
    ]
    let record = try CertificateDocument.read(try certified.certificate(options).path).certificate
    #expect(record.options.asPlain == ["@5"])
    #expect(record.options.without == ["@2:fence"])
    #expect(record.options.ignore == ["tornBlock:text"])
    #expect(record.options.level == "3")
    #expect(record.options.policy == "exact")
    #expect(record.options.nested == "off")
    #expect(record.recovery.options["track"] == "off")
    let policy = try CertificateDocument.read(try certified.certificate(["--policy", "yat"]).path)
    #expect(policy.certificate.options.policy == "yat")
    let forged = try certified.mismatches(policy) {
      $0.verdict = "consistent"
      $0.reasons = []
    }
    #expect(forged.contains { $0.hasSuffix("computed inconclusive from policy yat") })
  }

  @Test func theMarksOfAFileAreInsideTheCertificate() throws {
    let certified = try CertifiedTrace()
    let marks = try certified.scratch.text(
      "run.marks",
      "CONTENT;A;fill;1;512\nAT;W.BEGIN;BEGIN;1;write;sectors=0+1;content=A\nAT;W.END;ACK;1\n"
    )
    let (path, run) = try certified.certificate(["--marks", marks, "--crash-within", "#1"])
    #expect(run.status == 2, "\(run.errors)")
    let document = try CertificateDocument.read(path)
    #expect(document.certificate.marks.map(\.after) == [1, 11])
    #expect(document.certificate.promiseChanges == "1-4")
    #expect(document.certificate.excluded.first?.choices != "0")
    #expect(try certified.mismatches(document) == [])
    let forged = try certified.mismatches(document) { $0.marks.removeLast() }
    #expect(forged.contains { $0.hasPrefix("promiseChanges: stated 1-4") })
  }

  @Test func aReportInJSONHoldsACertificateThatIsVerified() throws {
    let certified = try CertifiedTrace()
    let report = certified.scratch.path("report.json")
    _ = try Tool.fencepost.run(
      ["check", certified.trace, "--report", "json=\(report)", "--", "/bin/true"]
    )
    var document = try CertificateDocument.read(report)
    #expect(document.verdict == "consistent")
    #expect(try certified.mismatches(document) == [])
    document.verdict = "violated"
    #expect(
      try certified.mismatches(document) == ["verdict: stated consistent, computed violated"]
    )
  }

  @Test func theToolSaysWhatItRecomputedAndEndsWithItsStatus() throws {
    let certified = try CertifiedTrace()
    let path = try certified.certificate().path
    let verified = try Tool.fencepost.run(["certificate", "verify", path, certified.trace])
    #expect(verified.status == 0)
    #expect(verified.text.hasPrefix("verified: consistent (Px86, line order, w8, adr), "))
    #expect(verified.text.contains("recomputed: crashPoints, shrinkingEvents, permittedChoices"))
    #expect(verified.text.contains("executed, merged and excluded choices: only added up"))
    var forged = try CertificateDocument.read(path)
    forged.certificate.shrinkingEvents += 1
    let file = try certified.scratch.text("forged.cert", try forged.text)
    let refused = try Tool.fencepost.run(["certificate", "verify", file, certified.trace])
    #expect(refused.status == 1)
    #expect(refused.text.contains("shrinkingEvents: stated 5, computed 4"), "\(refused.text)")
    let missing = try Tool.fencepost.run(["certificate", "verify", "nowhere", certified.trace])
    #expect(missing.status == 74)
    let broken = try certified.scratch.text("broken.cert", "{\"schemaVersion\":1}")
    let malformed = try Tool.fencepost.run(["certificate", "verify", broken, certified.trace])
    #expect(malformed.status == 65)
    #expect(malformed.errors.contains("$.certificate: is missing"))
  }
}
