import ArgumentParser

/// What makes `fencepost record` count calls of libpmem instead of recording.
struct ProfileArguments: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Count the calls of libpmem by site instead of recording: no stores, nothing to check.",
      discussion:
        "Without Valgrind, at some 0.1 µs a call. The profile goes to standard error, or where -o says."
    )
  )
  var profile = false

  @Flag(help: "With --profile: as JSON.")
  var json = false
}
