import Checker
import PersistencyModel

/// Everything a report shows, whatever its format.
struct ReportDocument {
  let report: CheckReport
  let input: CheckInput
  let notes: [String]
  /// Words after `fencepost image` that name the same trace under the same changes.
  let reproduction: [String]
  /// Whether recovery saw an image of each device, and not all of them joined.
  let hasImagePerDevice: Bool
  let isQuiet: Bool
  /// What would mend it, where that was asked for.
  var repairs: RepairResult?

  /// Sentences beside the verdict.
  var remarks: [String] { input.notes + notes }

  /// What the model was, in a few words.
  var model: String {
    let options = input.options
    var words = ["Px86", "\(options.order.rawValue) order", options.tear.rawValue]
    if options.treatsClflushAsWeak { words.append("clflush weak") }
    let domains = Set(input.memory.space.devices.map(\.domain.rawValue)).sorted()
    words.append(options.domainOverride?.rawValue ?? domains.joined(separator: "+"))
    return words.joined(separator: ", ")
  }

  /// The command that writes the crash image of a finding.
  func reproduce(_ finding: Finding) -> String {
    let point = input.numbered.told(finding.crashPoint).description
    let words =
      ["fencepost", "image"] + reproduction
      + ["--crash-point", point, "--keep", finding.keep.description] + outputs
    return words.map(shellQuoted).joined(separator: " ")
  }

  /// Where the crash image goes: numbered files, since a device may be named like any path.
  private var outputs: [String] {
    let devices = input.memory.space.devices
    guard hasImagePerDevice, devices.count > 1 else { return ["-o", "crash.img"] }
    return devices.enumerated().flatMap { ["-o", "\($1.name)=crash-\($0).img"] }
  }

  /// The site of a piece's store.
  func site(_ piece: Piece) -> String {
    let trace = input.numbered.trace
    return trace.site(trace.events[piece.event].site).description
  }

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
