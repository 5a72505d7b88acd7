/// One case of a JUnit report.
struct JUnitCase {
  /// How it ended.
  enum Outcome {
    case passed
    case failed(message: String, text: String)
    case undecided(message: String, isError: Bool)
  }

  let name: String
  let outcome: Outcome

  var isFailed: Bool { if case .failed = outcome { true } else { false } }
  var isError: Bool {
    if case .undecided(_, isError: true) = outcome { true } else { false }
  }
  var isSkipped: Bool {
    if case .undecided(_, isError: false) = outcome { true } else { false }
  }

  /// The case as an element; `className` is the class it belongs to.
  func element(in className: String) -> XMLElement {
    var children: [XMLElement] = []
    switch outcome {
    case .passed: break
    case .failed(let message, let text):
      children = [
        XMLElement(
          name: "failure",
          attributes: [("type", name), ("message", message)],
          content: text
        )
      ]
    case .undecided(let message, true):
      children = [
        XMLElement(name: "error", attributes: [("type", "inconclusive"), ("message", message)])
      ]
    case .undecided(let message, false):
      children = [XMLElement(name: "skipped", attributes: [("message", message)])]
    }
    return XMLElement(
      name: "testcase",
      attributes: [("name", name), ("classname", className)],
      children: children
    )
  }
}
