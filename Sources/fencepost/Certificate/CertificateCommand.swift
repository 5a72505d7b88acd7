import ArgumentParser
import TraceFormat

/// `fencepost certificate`: what is done with certificates.
struct CertificateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certificate",
    abstract: "Verify the certificate of a verdict.",
    subcommands: [VerifyCommand.self]
  )
}

/// `fencepost certificate verify`: recounts a certificate from its trace.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Recount a certificate by a second counter, which shares no code with the first.",
    discussion: """
      A certificate is written by fencepost check --report certificate=FILE; a report in JSON holds one as
      well. Options, devices and marks are inside: the trace is all that is needed, and the images where
      the number of distinct images and the images' digests are to be recomputed.

      Example:
        fencepost check run.fpt --recovery writecache --report certificate=run.cert
        fencepost certificate verify run.cert run.fpt

      Exit status: 0 verified, 1 refused, 65 not a certificate, 74 input/output.
      """
  )

  @Argument(help: "Certificate, or a report in JSON.")
  var file: String

  @Argument(help: "The trace that it is about.")
  var trace: String

  @Option(
    help: ArgumentHelp("Memory before the first event; may be repeated.", valueName: "[DEV=]IMG")
  )
  var initial: [String] = []

  @Option(
    help: ArgumentHelp("Memory after the last event; may be repeated.", valueName: "[DEV=]IMG")
  )
  var final: [String] = []

  @Option(help: "Content of the device under the cache.")
  var origin: String?

  @Flag(name: .shortAndLong, help: "Print the first line only.")
  var quiet = false

  func run() throws {
    var verification: CertificateVerification
    do {
      verification = try CertificateVerification(CertificateDocument.read(file))
      try verification.recount(
        trace,
        images: CertificateImages(initial: initial, final: final, origin: origin)
      )
    } catch let error as CertificateFormatError {
      throw ToolFailure.malformed("\(file): \(error)")
    }
    let lines = report(verification)
    try ToolFailure.translating {
      let output = try OutputFile(path: "-")
      try output.append((quiet ? [lines[0]] : lines).map { $0 + "\n" }.joined())
      try output.finish()
    }
    if !verification.isVerified { throw ExitCode(1) }
  }

  private func report(_ verification: CertificateVerification) -> [String] {
    let record = verification.record
    let what = "\(record.verdict) (\(record.model)), \(record.permittedChoices.prefix(400)) choices"
    return ["\(verification.isVerified ? "verified" : "refused"): \(what)"]
      + verification.mismatches.map { "  \($0)" }
      + verification.recomputed.map { "  recomputed: \($0)" }
      + verification.taken.map { "  not recomputed: \($0)" }
  }
}
