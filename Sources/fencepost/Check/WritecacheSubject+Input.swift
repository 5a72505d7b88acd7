import CacheSpecification
import Checker
import PersistencyModel
import ReferenceCache

extension WritecacheSubject {
  /// What is to be judged of an input.
  ///
  /// - Throws: `ToolFailure` where no cache fits, or the operations of the trace make no sense.
  init(
    of input: CheckInput,
    options: CacheOptions,
    origin: OriginImage,
    scope: @escaping (CrashPoint) -> Bool = { _ in true }
  ) throws {
    // Options that no device allows are a matter of usage, before the operations are read with them.
    try WritecacheCheck.requireRoom(for: options, in: input.memory.stack.bytes.count)
    do throws(CacheHistoryError) {
      try self.init(
        CheckSubject(
          trace: input.numbered.trace,
          initial: input.memory.stack,
          options: input.options,
          scope: scope
        ),
        options: options,
        origin: origin
      )
    } catch {
      throw ToolFailure.malformed("the operations of the trace make no sense: \(error.description)")
    }
    try WritecacheCheck.requireRoom(for: options, in: memorySize)
  }
}
