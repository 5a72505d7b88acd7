import CacheSpecification
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
    try WritecacheCheck.requireRoom(for: options, in: input.memory.stack.bytes.count)
    let trace = input.numbered.trace
    let history: CacheHistory
    do throws(CacheHistoryError) {
      history = try CacheHistory(trace, blockSize: options.blockSize, origin: origin)
    } catch {
      throw ToolFailure.malformed("the operations of the trace make no sense: \(error.description)")
    }
    let contents = SharedContents(history.contents)
    let hasOperations = trace.marks.contains { mark in
      if case .label = mark { false } else { true }
    }
    var recovering = options
    recovering.blankDevice = .refuse
    recovery = WritecacheRecovery(options: recovering, history: history, contents: contents)
    oracle = WritecacheOracle(history: history, contents: contents, hasOperations: hasOperations)
  }
}
