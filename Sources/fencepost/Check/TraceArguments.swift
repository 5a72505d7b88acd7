import ArgumentParser
import PersistencyModel

/// The options that say what is checked: shared by every command that explores crash states.
struct TraceArguments: ParsableArguments {
  @Argument(help: "Trace: text, binary or pmemcheck log, plain or zstd; - for standard input.")
  var trace: String

  @Option(
    help: ArgumentHelp("Memory before the first event; may be repeated.", valueName: "[DEV=]IMG")
  )
  var initial: [String] = []

  @Option(
    help: ArgumentHelp(
      "Memory after the last event: verified against initial image and events.",
      valueName: "[DEV=]IMG"
    )
  )
  var final: [String] = []

  @Option(help: "Process of a pmemcheck log: its id, or its position from 1.")
  var process: String?

  @Option(help: "File that turns labels into operations (see traces/README.md).")
  var marks: String?

  @Option(help: "Persistence domain of every device: adr, eadr, wpq, volatile.")
  var domain: String?

  @Option(help: "How stores tear: w8, w8seq, intel8, line.")
  var tear = "w8"

  @Option(help: "Which stores to one line keep their order: line, word.")
  var order = "line"

  @Flag(help: "Read clflush as a weak flush that needs a fence (older AMD manuals).")
  var weakClflush = false

  @Option(
    help:
      "Devices, such as linear:64K,64K@eadr, striped:4K:1M,1M or linear:64K,16s@disk (16 sectors)."
  )
  var devices: String?

  @Option(help: "File with device-mapper table lines.")
  var deviceTable: String?

  @Option(
    help: """
      Check as if flush requests had been routed so: \
      \(Router.all.map(\.name).joined(separator: ", ")).
      """
  )
  var routing: String?

  @Flag(help: "With --routing: read line flushes as flush requests.")
  var flushesAreRequests = false

  @Option(
    help: ArgumentHelp(
      "Only ordering events whose site contains this count (fences and locked operations alike).",
      valueName: "pattern"
    )
  )
  var fencesFrom: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      """
      Check as if these events were missing: numbers from 1, ranges A-B, or @N, @N:flush, @N:fence for \
      those of site number N.
      """,
      valueName: "event"
    )
  )
  var without: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Check as if these non-temporal stores were cached ones: named as for --without.",
      valueName: "event"
    )
  )
  var asPlain: [String] = []

  /// The model named by the options.
  func model() throws -> ModelOptions {
    var options = ModelOptions()
    options.tear = try choice(TearMode.self, tear, "--tear")
    options.order = try choice(StoreOrder.self, order, "--order")
    options.treatsClflushAsWeak = weakClflush
    if let domain {
      let chosen = try choice(PersistenceDomain.self, domain, "--domain")
      guard chosen != .disk else {
        throw ToolFailure.usage(
          "--domain disk: a disk is no domain of memory; name it in --devices"
        )
      }
      guard chosen != .asynchronous else {
        throw ToolFailure.usage(
          "--domain asynchronous: no instruction makes such a device durable; it cannot be checked"
        )
      }
      options.domainOverride = chosen
    }
    return options
  }

  /// The options as given, without report and search options, for a command that reproduces.
  var reproduction: [String] {
    var words = [trace]
    func add(_ name: String, _ value: String?) {
      if let value { words += [name, value] }
    }
    for image in initial { add("--initial", image) }
    add("--process", process)
    add("--domain", domain)
    if tear != "w8" { add("--tear", tear) }
    if order != "line" { add("--order", order) }
    if weakClflush { words.append("--weak-clflush") }
    add("--devices", devices)
    add("--device-table", deviceTable)
    add("--routing", routing)
    if flushesAreRequests { words.append("--flushes-are-requests") }
    add("--fences-from", fencesFrom)
    if !without.isEmpty { words += ["--without"] + without }
    if !asPlain.isEmpty { words += ["--as-plain"] + asPlain }
    return words
  }
}

/// The case of an enumeration that a word names.
func choice<Choice: CaseIterable & RawRepresentable>(
  _ type: Choice.Type,
  _ word: String,
  _ option: String
) throws -> Choice where Choice.RawValue == String {
  if let found = Choice(rawValue: word) { return found }
  let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
  throw ToolFailure.usage("\(option) \(word): expected one of \(known)")
}
