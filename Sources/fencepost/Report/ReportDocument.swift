import Checker
import PersistencyModel

/// Everything a report shows, whatever its format.
struct ReportDocument {
  let report: CheckReport
  let input: CheckInput
  let notes: [String]
  /// What the verdict rests on.
  let certificate: CertificateRecord
  /// Words after `fencepost image` that name the same trace under the same changes.
  let reproduction: [String]
  /// Whether recovery saw an image of each device, and not all of them joined.
  let hasImagePerDevice: Bool
  let isQuiet: Bool
  /// Whether an inconclusive verdict is to end with status 0.
  var allowsInconclusive = false
  /// Whether the check was interrupted.
  var isInterrupted = false
  /// Words that name the recovery to `fencepost image`, for findings about crashes during it.
  var recoveryReproduction: [String] = []
  /// What would mend it, where that was asked for.
  var repairs: RepairResult?

  /// Sentences beside the verdict.
  var remarks: [String] { input.notes + notes }

  /// What the model was, in a few words.
  var model: String { certificate.model }

  /// The command that writes the crash image of a finding.
  func reproduce(_ finding: Finding) -> String {
    let point = input.numbered.told(finding.crashPoint).description
    let words =
      ["fencepost", "image"] + reproduction
      + ["--crash-point", point, "--keep", finding.keep.description]
      + Self.interruptions(of: finding.violation, recoveryReproduction) + outputs
    return words.map(shellQuoted).joined(separator: " ")
  }

  /// The options that name the crashes during recovery which a violation takes to show.
  static func interruptions(of violation: Violation, _ recovery: [String]) -> [String] {
    guard !violation.interruptions.isEmpty else { return [] }
    return recovery + violation.interruptions.flatMap { ["--interrupt", $0.description] }
  }

  /// Where the crash image goes: numbered files, since a device may be named like any path.
  private var outputs: [String] {
    let devices = input.memory.space.devices
    guard hasImagePerDevice, devices.count > 1 else { return ["-o", "crash.img"] }
    return devices.enumerated().flatMap { ["-o", "\($1.name)=crash-\($0).img"] }
  }

  /// The trace's path, as it was given.
  var traceName: String { reproduction[0] }

  /// Kinds of finding that were looked for.
  var judgedKinds: [String] { hasImagePerDevice ? FindingKind.ofPrograms : FindingKind.ofCache }

  /// The status that the process ends with once the reports are written.
  var exitStatus: Int32 {
    if isInterrupted { return 130 }
    switch report.verdict {
    case .consistent: return 0
    case .violated: return 1
    case .inconclusive: return allowsInconclusive ? 0 : 2
    }
  }

  /// The site of an event, as the trace has it.
  func site(ofEventAt position: Int) -> String {
    let trace = input.numbered.trace
    return trace.site(trace.events[position].site).description
  }

  /// The site of an event for people's eyes.
  func siteText(ofEventAt position: Int) -> String { visible(site(ofEventAt: position)) }

  /// A line for people's eyes: "line 7 on D0", or "origin sector 8" of a disk.
  func lineText(_ line: CacheLine) -> String {
    let sector = input.memory.space.diskSector(at: line.address)
    return sector.map { "\(deviceText(line)) sector \($0.sector)" }
      ?? "line \(line.index) on \(deviceText(line))"
  }

  /// What an event writes to a sector, by the name of the content; `nil` for other events.
  func sectorText(ofEventAt position: Int) -> String? {
    let trace = input.numbered.trace
    guard trace.events[position].kind.isSectorWrite else { return nil }
    let token = SectorToken(rawValue: trace.events[position].payload)
    guard let content = token.content, Int(content) < trace.contents.count else {
      return "write of the initial content"
    }
    let name = visible(trace.contents[Int(content)].name)
    let size = trace.contents[Int(content)].bytes.count
    return size > SectorToken.sectorSize
      ? "write of \(name), sector \(token.sector) of it" : "write of \(name)"
  }

  /// The device under a line for people's eyes.
  func deviceText(_ line: CacheLine) -> String { visible(device(line)) }

  /// The device under a line, by name.
  func device(_ line: CacheLine) -> String {
    let space = input.memory.space
    return space.locate(line.address).map { space.devices[$0.device].name } ?? "?"
  }
}

/// A word as a POSIX shell reads it back.
func shellQuoted(_ word: String) -> String {
  let plain = word.unicodeScalars.allSatisfy { scalar in
    scalar.properties.isAlphabetic && scalar.isASCII
      || "0123456789_-+=./:,@%".unicodeScalars.contains(scalar)
  }
  if plain && !word.isEmpty { return word }
  return "'"
    + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
