import CacheSpecification
import Checker
import PersistencyModel
import ReferenceCache

/// Recovery of the reference cache and what the recorded operations promise of it.
struct WritecacheJudgement {
  let recovery: WritecacheRecovery
  let oracle: WritecacheOracle

  /// What is to be judged of an input; the two share the contents that are found.
  ///
  /// - Throws: `ToolFailure` where no cache fits, or the operations of the trace make no sense.
  init(of input: CheckInput, options: CacheOptions, origin: OriginImage) throws {
    // Options that no device allows are a matter of usage, before the operations are read with them.
    try WritecacheCheck.requireRoom(for: options, in: input.memory.stack.bytes.count)
    let subject = CheckSubject(
      trace: input.numbered.trace,
      initial: input.memory.stack,
      options: input.options
    )
    let cache: WritecacheSubject
    do throws(CacheHistoryError) {
      cache = try WritecacheSubject(subject, options: options, origin: origin)
    } catch {
      throw ToolFailure.malformed("the operations of the trace make no sense: \(error.description)")
    }
    try WritecacheCheck.requireRoom(for: options, in: cache.memorySize)
    recovery = cache.recovery
    oracle = cache.oracle
  }
}
