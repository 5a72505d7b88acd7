import ArgumentParser

/// The options that say what follows a verdict: the same check of changed traces.
struct FollowUpArguments: ParsableArguments {
  @Flag(
    help: """
      After a consistent verdict, check again without each flush and fence, all occurrences of a site at \
      once: a check that never notices proves little.
      """
  )
  var negativeControls = false

  @Option(
    help: ArgumentHelp(
      "Negative controls without so many single flushes and fences, drawn with --seed.",
      valueName: "count"
    )
  )
  var negativeControlEvents: Int?

  @Flag(help: "After a violated verdict, look for flushes, fences and deliveries that mend it.")
  var suggest = false

  @Option(help: "Most runs of recovery for each check of a changed trace (--suggest, necessity).")
  var maxExecutionsEach = 20_000
}
