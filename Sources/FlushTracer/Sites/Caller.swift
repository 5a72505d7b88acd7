// SAFETY: only numbers; the frame is followed within the bounds of the stack.
/// Who called the recorder: taken in the outermost function, passed to the leaves.
@unsafe struct Caller {
  /// Address to which that function returns.
  var returnAddress: UInt64
  /// Its frame: the saved frame pointer, then the return address.
  var frame: UnsafeRawPointer

  @inline(__always) init(_ returnAddress: UInt64, _ frame: UnsafeRawPointer) {
    unsafe self.returnAddress = returnAddress
    unsafe self.frame = frame
  }
}
