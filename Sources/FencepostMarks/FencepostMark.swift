import CFencepostMarks

/// Leaves a mark in the trace of a program that `fencepost record` runs.
///
/// The text is a label of the trace, between the stores before and after the call. Where the program is not
/// recorded nothing happens. Constant time when not recorded, apart from making the text a C string.
///
/// - Parameter text: what the mark says; at most 4096 bytes of UTF-8 are kept, and none from a null byte on.
public func fencepostMark(_ text: String) {
  // SAFETY: the string outlives the call, which reads it to its null byte and keeps nothing.
  unsafe text.withCString { unsafe fencepost_mark($0) }
}
