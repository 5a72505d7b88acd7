public import PersistencyModel

// SAFETY: the core lives as long as the recorder.
/// Marks: what the program asked for and what it was promised.
extension Recorder {
  /// Keeps the bytes of a block; operations refer to them by the number returned.
  public func define(_ content: Content) -> ContentID { unsafe core.pointee.define(content) }

  /// Records a free text.
  public func label(_ text: String) { unsafe core.pointee.mark(.label(text)) }

  /// Records that an operation was asked for; before its first store.
  public func begin(_ operation: Operation) { unsafe core.pointee.mark(.begin(operation)) }

  /// Records that an operation was reported complete to its caller.
  public func acknowledge(_ number: UInt32) { unsafe core.pointee.mark(.acknowledge(number)) }
}
