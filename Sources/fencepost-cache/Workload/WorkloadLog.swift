/// What a run tells on standard output, each line as soon as it is true.
///
/// `begin N OPERATION` before an operation, `done N` once it was acknowledged. Another process that reads the
/// lines knows, however this one ends, what was promised.
struct WorkloadLog {
  /// Whether operations are told; what was read is told anyway.
  let tellsOperations: Bool

  func begin(_ number: Int, _ step: WorkloadStep) throws(ToolFailure) {
    if tellsOperations { try Output.print("begin \(number) \(step)\n") }
  }

  func done(_ number: Int) throws(ToolFailure) {
    if tellsOperations { try Output.print("done \(number)\n") }
  }

  func say(_ text: String) throws(ToolFailure) { try Output.print(text + "\n") }
}
