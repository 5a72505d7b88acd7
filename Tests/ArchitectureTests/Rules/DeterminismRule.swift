/// Clocks and sources of randomness, by the words that call them.
private let clocks: Set = [
  "ContinuousClock", "SuspendingClock", "Date", "DispatchTime", "clock_gettime", "gettimeofday",
  "rdtsc", "timespec_get", "CLOCK_MONOTONIC", "CLOCK_REALTIME",
]
private let randomness: Set = [
  "SystemRandomNumberGenerator", "arc4random", "arc4random_uniform", "getrandom", "getentropy",
  "drand48", "random_r", "hashValue", "UUID",
]
/// Members that draw from the system's generator unless a generator is passed.
private let draws: Set = ["random", "randomElement", "shuffled", "shuffle"]

/// Targets below floor 2 that may read a clock, with the reason.
let clockReaders = ["RecoveryRunner": "limits how long other people's programs run"]

/// Uses of a clock or of the system's random generator below floor 2.
func undeterministicCode(_ file: SourceFile) -> [Breach] {
  guard let entry = floorTable.first(where: { $0.target == file.target }), entry.floor < 2 else {
    return []
  }
  return SourceText(file.text).code.enumerated().flatMap { index, line in
    undeterministicWords(line, target: entry.target).map {
      Breach(path: file.path, line: index + 1, reason: "\($0) below floor 2")
    }
  }
}

private func undeterministicWords(_ line: String, target: String) -> [String] {
  let words = line.identifiers
  let drawn = draws.sorted().filter { line.contains(".\($0)(") && !words.contains("using") }
  let clocked = clockReaders[target] == nil ? words.filter(clocks.contains) : []
  return clocked + words.filter(randomness.contains) + drawn
}
