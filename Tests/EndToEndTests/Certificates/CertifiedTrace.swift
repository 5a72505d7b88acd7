import Foundation
import TestSupport

@testable import fencepost

/// A hand-written recording in which every option of a check changes some count, and its certificates.
struct CertifiedTrace {
  let scratch: Scratch
  let trace: String

  /// Numbers of events are places in this list, from 1.
  static let events = [
    "MARK;W.BEGIN",
    "STORE;0x1000;\(String(repeating: "5a", count: 24));24;t;data", "REQUEST;0x1000;0x40;1;data",
    "ROUTED;0x1000;0x40;1;data", "FENCE;sfence;first",
    "STORE;0x0;0x1;8;t;flag", "STORE;0x8;0x2;8;t;flag", "REQUEST;0x0;0x40;2;flag",
    "ROUTED;0x0;0x40;2;flag", "FENCE;sfence;second",
    "MARK;W.END",
    "STORE;0x1040;0x3;8;nt;beside", "STORE;0x40;0x4;8;t;strong", "FLUSH;0x40;0x40;clflush;strong",
    "STORE;0x80;0x5;8;t;last", "LOCK;locked", "STORE;0x88;0x6;8;t;last",
  ]

  init() throws {
    scratch = try Scratch()
    let header = [
      "FENCEPOST;1", "SOURCE;text", "DEVICE;a;4096;0;adr", "DEVICE;b;4096;0;adr",
      "SEGMENT;0;4096;linear;a+0", "SEGMENT;4096;4096;linear;b+0", "NOTE;by-hand;nobody ran this",
    ]
    trace = try scratch.text(
      "run.trace",
      (header + Self.events + ["END"]).map { $0 + "\n" }.joined()
    )
  }

  /// The certificate of a check under the options, by a checker that accepts everything.
  func certificate(
    _ options: [String] = [],
    checker: [String] = ["/bin/true"]
  ) throws -> (path: String, run: ToolRun) {
    let path = scratch.path("run.cert")
    let run = try Tool.fencepost.run(
      ["check", trace, "--report", "certificate=\(path)", "--report", "text"] + options + ["--"]
        + checker
    )
    return (path, run)
  }

  /// What verifying a certificate finds wrong.
  func mismatches(
    _ document: CertificateDocument,
    initial: [String] = []
  ) throws -> [String] {
    var verification = try CertificateVerification(document)
    try verification.recount(trace, images: CertificateImages(initial: initial))
    return verification.mismatches
  }

  /// The same of a certificate whose record is changed and sealed anew: as a forger would.
  func mismatches(
    _ document: CertificateDocument,
    after change: (inout CertificateRecord) -> Void
  ) throws -> [String] {
    var forged = document
    change(&forged.certificate)
    forged.certificate.seal = try forged.certificate.computedSeal()
    return try mismatches(forged)
  }
}
