/// A keyword of JSON Schema that looks at one value alone.
enum JSONAssertion: String {
  case reference = "$ref"
  case type, const, required, pattern, minimum, maximum, minLength, minItems, maxItems, uniqueItems
  case enumeration = "enum"

  /// What is wrong with a value; a rule for another type says nothing.
  func breaches(of value: JSONValue, _ rule: JSONValue, _ path: String) -> [String] {
    complaint(about: value, rule).map { ["\(path) \($0)"] } ?? []
  }

  private func complaint(about value: JSONValue, _ rule: JSONValue) -> String? {
    switch self {
    case .reference: nil
    case .type: typeComplaint(value, rule)
    case .const: value == rule ? nil : "is not \(rule)"
    case .enumeration: rule.elements.contains(value) ? nil : "is none of \(rule.elements)"
    case .required: missing(value, rule)
    case .uniqueItems:
      rule == .boolean(true) && Set(value.elements).count < value.elements.count
        ? "has an element twice" : nil
    case .minimum, .maximum, .minLength, .minItems, .maxItems: boundComplaint(value, rule)
    case .pattern: patternComplaint(value, rule)
    }
  }

  private func typeComplaint(_ value: JSONValue, _ rule: JSONValue) -> String? {
    let allowed = rule.text.map { [$0] } ?? rule.elements.compactMap(\.text)
    let isGood =
      allowed.contains(value.typeName)
      || value.typeName == "integer" && allowed.contains("number")
    return isGood ? nil : "is \(value.typeName), not \(allowed.joined(separator: " or "))"
  }

  private func missing(_ value: JSONValue, _ rule: JSONValue) -> String? {
    guard case .object(let properties) = value else { return nil }
    let absent = rule.elements.compactMap(\.text).filter { properties[$0] == nil }
    return absent.isEmpty ? nil : "lacks \(absent.joined(separator: ", "))"
  }

  private func boundComplaint(_ value: JSONValue, _ rule: JSONValue) -> String? {
    guard case .number(let bound) = rule else { return "has a bound that is no number" }
    switch (self, value) {
    case (.minimum, .number(let number)): return number < bound ? "is under \(bound)" : nil
    case (.maximum, .number(let number)): return number > bound ? "is over \(bound)" : nil
    case (.minLength, .string(let text)):
      return Double(text.unicodeScalars.count) < bound ? "is shorter than \(bound)" : nil
    case (.minItems, .array(let elements)):
      return Double(elements.count) < bound ? "has fewer than \(bound) elements" : nil
    case (.maxItems, .array(let elements)):
      return Double(elements.count) > bound ? "has more than \(bound) elements" : nil
    default: return nil
    }
  }

  private func patternComplaint(_ value: JSONValue, _ rule: JSONValue) -> String? {
    guard case .string(let text) = value else { return nil }
    guard let pattern = rule.text, let expression = try? Regex(pattern) else {
      return "has a pattern that cannot be read"
    }
    return text.contains(expression) ? nil : "does not match \(pattern)"
  }
}
