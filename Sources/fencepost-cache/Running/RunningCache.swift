import FlushTracer
import PersistencyModel
import ReferenceCache

/// A cache on mapped files over a file.
typealias FileCache = Cache<PlainMedium, FileOrigin>

/// Runs `body`; what a cache reports becomes a sentence and an exit status, after `subject`.
func reporting<Value: ~Copyable>(
  _ subject: String,
  _ body: () throws(CacheError) -> Value
) throws(ToolFailure) -> Value {
  do throws(CacheError) {
    return try body()
  } catch {
    throw ToolFailure(error, subject: subject)
  }
}

/// Runs `body`; what mapping files reports becomes a sentence, which names the file, and an exit status.
func tracing<Value>(_ body: () throws(TracerError) -> Value) throws(ToolFailure) -> Value {
  do throws(TracerError) {
    return try body()
  } catch {
    throw ToolFailure(error)
  }
}

extension ToolFailure {
  /// A cache's error, said of `subject`.
  init(_ error: CacheError, subject: String) {
    let sentence = "\(subject): \(error)"
    switch error.reason {
    case .request, .option, .suspended: self = .usage(sentence)
    case .origin(.failed), .writeBackFailed: self = .inputOutput(sentence)
    default: self = .malformed(sentence)
    }
  }

  /// The tracer's error, which names its file.
  init(_ error: TracerError) {
    switch error.reason {
    case .deviceTooShort, .sizeOutOfRange: self = .malformed("\(error)")
    case .unalignedTable, .unmappedAddress, .asynchronousDevice, .wrongNumberOfFiles:
      self = .usage("\(error)")
    default: self = .inputOutput("\(error)")
    }
  }
}

extension PlainMedium {
  /// Throws the first failure to write plain files to their disk, if there was one.
  func check() throws(ToolFailure) {
    if let failure { throw ToolFailure(failure) }
  }
}
