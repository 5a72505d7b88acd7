public import PersistencyModel

/// What must hold in every crash state of a recording, as somebody wrote it down.
///
/// The language is described in `docs/assertions.md`. A file is parsed once and evaluated on many images; an
/// evaluation loads only the bytes that its answer depends on, in the order in which it needs them.
public struct AssertionFile: Sendable {
  /// The statements, in the order of the file; at least one.
  public let assertions: [Assertion]
  let functions: [Function]
  /// The expression of each assertion.
  let bodies: [AssertionBody]

  /// Parses a file.
  ///
  /// - Parameters:
  ///   - text: what the file holds.
  ///   - file: its name, for errors.
  /// - Throws: what is wrong at which line and column.
  public init(parsing text: String, file: String) throws(AssertionSyntaxError) {
    do throws(SyntaxFault) {
      var parser = AssertionParser(tokens: try TokenScanner.tokens(of: text))
      try parser.parseFile()
      assertions = parser.assertions
      functions = parser.functions
      bodies = parser.bodies
    } catch {
      throw AssertionSyntaxError(file: file, position: error.position, reason: error.reason)
    }
  }

  /// The assertions that do not hold on the bytes of `medium`, in the order of the file.
  ///
  /// An assertion that cannot be evaluated does not hold. Nothing is stored. Time: at most
  /// `EvaluationFailure.mostSteps` steps an assertion.
  ///
  /// - Parameters:
  ///   - medium: the crash image.
  ///   - base: address of the medium's first byte: addresses in the file are those of the recording.
  /// - Returns: one element for each assertion that does not hold.
  public func broken<M: Medium>(on medium: inout M, base: UInt64 = 0) -> [BrokenAssertion] {
    var evaluation = Evaluation(medium: medium, base: base, functions: functions)
    defer { medium = evaluation.medium }
    return bodies.indices.compactMap { index in
      switch evaluation.judge(bodies[index]) {
      case .holds: nil
      case .broken(let failure):
        BrokenAssertion(index: index, failure: failure, readings: evaluation.readings)
      }
    }
  }
}
