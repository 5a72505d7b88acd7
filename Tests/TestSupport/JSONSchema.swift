/// A JSON Schema in the part of drafts 7 and 2020-12 that the schemas of this repository use.
///
/// A keyword that is not understood refuses the schema: nothing goes unchecked because it was skipped.
public struct JSONSchema: Sendable {
  /// A schema that uses what is not understood, with its place.
  public struct Unsupported: Error, CustomStringConvertible {
    /// What, and where.
    public var description: String
  }

  private let root: JSONValue
  private let refusesUndescribed: Bool

  private static let annotations: Set = [
    "$schema", "$id", "$defs", "definitions", "title", "description", "default", "format",
  ]

  /// A schema.
  ///
  /// - Parameters:
  ///   - root: the schema's document.
  ///   - refusesUndescribed: a property that `properties` does not name is a breach, unless
  ///     `additionalProperties` allows it.
  /// - Throws: `Unsupported` for a keyword that is not understood.
  public init(_ root: JSONValue, refusesUndescribed: Bool = false) throws {
    self.root = root
    self.refusesUndescribed = refusesUndescribed
    try Self.verify(root, at: "#")
  }

  /// What is wrong with a value, one sentence each with its place; nothing for one that conforms.
  public func breaches(of value: JSONValue) -> [String] { breaches(value, root, "$") }

  private static func verify(_ schema: JSONValue, at path: String) throws {
    guard case .object(let keywords) = schema else {
      if case .boolean = schema { return }
      throw Unsupported(description: "\(path) is no schema")
    }
    for (keyword, value) in keywords.sorted(by: { $0.key < $1.key }) {
      let path = "\(path)/\(keyword)"
      switch keyword {
      case "properties", "$defs", "definitions":
        guard case .object(let named) = value else {
          throw Unsupported(description: "\(path) is no object")
        }
        for (name, schema) in named { try verify(schema, at: "\(path)/\(name)") }
      case "items", "additionalProperties", "not": try verify(value, at: path)
      case "allOf", "anyOf", "oneOf":
        for schema in value.elements { try verify(schema, at: path) }
      default:
        guard annotations.contains(keyword) || JSONAssertion(rawValue: keyword) != nil else {
          throw Unsupported(description: "\(path) is not understood")
        }
      }
    }
  }

  private func breaches(
    _ value: JSONValue,
    _ schema: JSONValue,
    _ path: String
  ) -> [String] {
    guard case .object(let keywords) = schema else {
      return schema == .boolean(false) ? ["\(path) is not allowed"] : []
    }
    return keywords.sorted { $0.key < $1.key }.flatMap { keyword, rule -> [String] in
      if let assertion = JSONAssertion(rawValue: keyword), keyword != "$ref" {
        return assertion.breaches(of: value, rule, path)
      }
      return applied(keyword, rule, to: value, path)
    } + undescribed(value, keywords, path)
  }

  /// What schemas inside the schema say.
  private func applied(
    _ keyword: String,
    _ rule: JSONValue,
    to value: JSONValue,
    _ path: String
  ) -> [String] {
    switch keyword {
    case "$ref":
      guard let target = target(rule.text ?? "") else { return ["\(rule) leads nowhere"] }
      return breaches(value, target, path)
    case "properties":
      guard case .object(let schemas) = rule, case .object(let properties) = value else {
        return []
      }
      return properties.sorted { $0.key < $1.key }.flatMap { name, property in
        schemas[name].map { breaches(property, $0, "\(path).\(name)") } ?? []
      }
    case "items":
      return value.elements.enumerated().flatMap { breaches($1, rule, "\(path)[\($0)]") }
    case "allOf": return rule.elements.flatMap { breaches(value, $0, path) }
    case "anyOf", "oneOf":
      let fitting = rule.elements.count { breaches(value, $0, path).isEmpty }
      let isGood = keyword == "anyOf" ? fitting > 0 : fitting == 1
      return isGood ? [] : ["\(path) fits \(fitting) schemas of \(keyword)"]
    case "not": return breaches(value, rule, path).isEmpty ? ["\(path) fits what is ruled out"] : []
    default: return []
    }
  }

  /// Properties beyond those that are named.
  private func undescribed(
    _ value: JSONValue,
    _ keywords: [String: JSONValue],
    _ path: String
  ) -> [String] {
    guard case .object(let properties) = value else { return [] }
    let rule =
      keywords["additionalProperties"]
      ?? (refusesUndescribed && keywords["properties"] != nil ? .boolean(false) : .boolean(true))
    return properties.keys.sorted().filter { keywords["properties"]?[$0] == nil }.flatMap {
      breaches(properties[$0] ?? .null, rule, "\(path).\($0)")
    }
  }

  private func target(_ reference: String) -> JSONValue? {
    guard reference.hasPrefix("#/") else { return nil }
    return reference.dropFirst(2).split(separator: "/").reduce(root) { $0?[String($1)] }
  }
}
