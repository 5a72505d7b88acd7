import Checker

// Options that have an effect everywhere are not listed: limits of runs and time, seed, report.
extension OptionEffect {
  /// The options that change nothing somewhere.
  static let all = ofTrace + ofRecovery + ofSearch + ofAftermath + ofReports

  private static let exploring: [CheckTask] = [.check, .necessity]
  private static let judging: [CheckTask] = [.check, .policy, .comparison, .necessity]

  private static let ofTrace: [OptionEffect] = [
    onTrace("--initial") { !$0.input.initial.isEmpty },
    onTrace("--final") { !$0.input.final.isEmpty },
    onTrace("--process") { $0.input.process != nil },
    onTrace("--marks") { $0.input.marks != nil },
    onTrace("--domain") { $0.input.domain != nil },
    onTrace("--tear") { $0.input.tear != "w8" },
    onTrace("--order") { $0.input.order != "line" },
    onTrace("--weak-clflush") { $0.input.weakClflush },
    onTrace("--devices") { $0.input.devices != nil },
    onTrace("--device-table") { $0.input.deviceTable != nil },
    onTrace("--routing") { $0.input.routing != nil },
    onTrace("--flushes-are-requests") { $0.input.flushesAreRequests },
    onTrace("--fences-from") { $0.input.fencesFrom != nil },
    onTrace("--without") { !$0.input.without.isEmpty },
    onTrace("--as-plain") { !$0.input.asPlain.isEmpty },
    onTrace("--crash-within") { !$0.search.crashWithin.isEmpty },
    onTrace("--skip") { !$0.search.skip.isEmpty },
    onTrace("--assert") { $0.recovering.assert != nil },
    onTrace("--recovery") { $0.recovering.cache.recovery != nil },
    onTrace("--recovery-library") { $0.recovering.recoveryLibrary != nil },
    onTrace("--") { !$0.recovering.checker.isEmpty },
  ]

  private static func onTrace(
    _ name: String,
    isGiven: @escaping @Sendable (CheckCommand) -> Bool
  ) -> OptionEffect {
    OptionEffect(
      name,
      in: judging,
      "litmus tests say themselves what is stored where, and are compared without recovery; leave it out",
      isGiven: isGiven
    )
  }

  private static let ofRecovery: [OptionEffect] = [
    ofCache("--block-size") { $0.recovering.cache.blockSize != 4096 },
    ofCache("--start-sector") { $0.recovering.cache.startSector != 0 },
    ofCache("--kernel-faithful") { $0.recovering.cache.kernelFaithful },
    ofCache("--writes-around") { $0.recovering.cache.writesAround },
    ofCache("--recovery-defect") { !$0.recovering.cache.recoveryDefect.isEmpty },
    ofCache("--origin") { $0.recovering.origin != nil },
    OptionEffect(
      "--track",
      in: exploring,
      with: [.library, .command],
      "it is for check and necessity with -- CHECKER or --recovery-library, whose reads may be unknown; "
        + "those of other recoveries are always followed, and policies run every image they try"
    ) {
      $0.recovering.track != .auto
    },
    OptionEffect(
      "--checker-time-limit",
      in: judging,
      with: [.library, .command],
      "it is for -- CHECKER and --recovery-library; --time-limit bounds the whole check"
    ) {
      $0.recovering.checkerTimeLimit != "10s"
    },
    OptionEffect(
      "--no-fork-server",
      in: judging,
      with: [.command],
      "it is for -- CHECKER; no other recovery is a program that is started"
    ) {
      $0.recovering.noForkServer
    },
  ]

  private static func ofCache(
    _ name: String,
    isGiven: @escaping @Sendable (CheckCommand) -> Bool
  ) -> OptionEffect {
    OptionEffect(
      name,
      in: judging,
      with: [.writecache],
      "it is for --recovery writecache; give that, or leave it out",
      isGiven: isGiven
    )
  }

  private static let ofSearch: [OptionEffect] = [
    OptionEffect(
      "--nested",
      in: exploring,
      with: [.writecache],
      "crashes during recovery are explored by check and necessity with --recovery writecache, whose stores "
        + "are seen; assertions store nothing, and what a checker stores is not recorded"
    ) {
      $0.search.nested != "off"
    },
    OptionEffect(
      "--level",
      in: exploring,
      with: [.writecache],
      "it is for check and necessity with --recovery writecache; other recoveries have one way of "
        + "exploration each (for checkers see --track)"
    ) {
      $0.search.level.level != .factored
    },
    OptionEffect(
      "--max-memory",
      in: [.check, .comparison, .necessity],
      "policies keep no tables; --max-executions bounds them"
    ) {
      $0.search.maxMemory != "4G"
    },
    OptionEffect(
      "--policy",
      in: [.check, .policy, .comparison, .litmus],
      "necessity starts from an exact check; compare policies with check or compare"
    ) {
      $0.search.policy != "exact"
    },
  ]

  private static let ofAftermath: [OptionEffect] = [
    OptionEffect(
      "--negative-controls",
      in: [.check],
      "it follows a consistent verdict of an exact check; use check, or necessity for all places"
    ) {
      $0.afterwards.negativeControls
    },
    OptionEffect(
      "--negative-control-events",
      in: [.check],
      "it follows a consistent verdict of an exact check; use check, or necessity --each-event"
    ) {
      $0.afterwards.negativeControlEvents != nil
    },
    OptionEffect(
      "--negative-controls",
      in: [],
      "--negative-control-events is given as well; give one of the two"
    ) {
      $0.afterwards.negativeControls && $0.afterwards.negativeControlEvents != nil
    },
    OptionEffect(
      "--suggest",
      in: [.check],
      "it follows a violated verdict of an exact check; use check without --policy"
    ) {
      $0.afterwards.suggest
    },
    OptionEffect(
      "--max-executions-each",
      in: [.necessity],
      "no changed trace is checked; it is for check --suggest and necessity"
    ) {
      $0.afterwards.maxExecutionsEach != 20_000 && !$0.afterwards.suggest
    },
  ]

  private static let ofReports: [OptionEffect] = [
    OptionEffect(
      "--ignore",
      in: judging,
      "litmus tests have no findings; leave it out"
    ) {
      !$0.reporting.ignore.isEmpty
    },
    OptionEffect(
      "--allow-inconclusive",
      in: exploring + [.policy],
      "a comparison is not a verdict and always ends with status 0; leave it out"
    ) {
      $0.reporting.allowInconclusive
    },
    OptionEffect(
      "--quiet",
      in: exploring + [.policy],
      "a comparison has no verdict to print alone; send its report to a file with --report text=FILE"
    ) {
      $0.reporting.quiet
    },
  ]
}
