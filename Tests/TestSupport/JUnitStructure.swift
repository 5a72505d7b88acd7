/// The form of JUnit XML that Jenkins reads, as far as reports use it, and what its numbers must say.
///
/// Written from the structure that the Jenkins xunit plugin's junit-10 schema describes.
public enum JUnitStructure {
  private struct Rule {
    var required: Set<String> = []
    var optional: Set<String> = []
    var children: Set<String> = []
    var hasText = false
  }

  private static let rules: [String: Rule] = [
    "testsuites": Rule(
      optional: ["name", "time", "tests", "failures", "errors"],
      children: ["testsuite"]
    ),
    "testsuite": Rule(
      required: ["name", "tests", "failures", "errors"],
      optional: [
        "group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url",
      ],
      children: ["testsuite", "properties", "testcase", "system-out", "system-err"]
    ),
    "properties": Rule(children: ["property"]),
    "property": Rule(required: ["name", "value"]),
    "testcase": Rule(
      required: ["name"],
      optional: ["time", "classname", "group"],
      children: ["skipped", "error", "failure", "system-out", "system-err"]
    ),
    "failure": Rule(optional: ["type", "message"], hasText: true),
    "error": Rule(optional: ["type", "message"], hasText: true),
    "skipped": Rule(optional: ["type", "message"], hasText: true),
    "system-out": Rule(hasText: true),
    "system-err": Rule(hasText: true),
  ]

  /// What is wrong with a document, one sentence each; nothing for one that conforms.
  public static func breaches(of document: XMLTree?) -> [String] {
    guard let document else { return ["it is not well-formed"] }
    guard document.name == "testsuites" else { return ["it begins with \(document.name)"] }
    let suites = document.all("testsuite")
    return form(document) + suites.flatMap(counts) + totals(document, suites)
  }

  private static func form(_ element: XMLTree) -> [String] {
    guard let rule = rules[element.name] else { return ["\(element.name) is not known"] }
    let present = Set(element.attributes.keys)
    let blank = element.text.allSatisfy(\.isWhitespace)
    return rule.required.subtracting(present).sorted().map { "\(element.name) lacks \($0)" }
      + present.subtracting(rule.required.union(rule.optional)).sorted()
      .map { "\(element.name) has \($0)" }
      + element.children.map(\.name).filter { !rule.children.contains($0) }
      .map { "\($0) stands in \(element.name)" }
      + (blank || rule.hasText ? [] : ["\(element.name) holds text"])
      + element.children.flatMap(form)
  }

  private static func counts(_ suite: XMLTree) -> [String] {
    let cases = suite.all("testcase")
    let counted = [
      "tests": cases.count, "failures": cases.count { !$0.all("failure").isEmpty },
      "errors": cases.count { !$0.all("error").isEmpty },
      "skipped": cases.count { !$0.all("skipped").isEmpty },
    ]
    return counted.sorted { $0.key < $1.key }.compactMap { name, count in
      suite.attributes[name].flatMap(Int.init) == count ? nil : "\(name) is not \(count)"
    }
  }

  private static func totals(_ document: XMLTree, _ suites: [XMLTree]) -> [String] {
    ["tests", "failures", "errors"].compactMap { name in
      let sum = suites.compactMap { $0.attributes[name].flatMap(Int.init) }.reduce(0, +)
      return document.attributes[name].flatMap(Int.init) == sum
        ? nil : "\(name) in all is not \(sum)"
    }
  }
}
