import Foundation

/// A JSON value, with objects as dictionaries.
public indirect enum JSONValue: Hashable, Sendable, Decodable {
  /// `null`.
  case null
  /// `true` or `false`.
  case boolean(Bool)
  /// A number.
  case number(Double)
  /// A string.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object.
  case object([String: JSONValue])

  /// Reads a document.
  ///
  /// - Throws: where it is not JSON.
  public init(parsing bytes: some Sequence<UInt8>) throws {
    self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
  }

  /// Reads a value.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// A property of an object; `nil` for everything else.
  public subscript(name: String) -> JSONValue? {
    get { if case .object(let properties) = self { properties[name] } else { nil } }
    set {
      guard case .object(var properties) = self else { return }
      properties[name] = newValue
      self = .object(properties)
    }
  }

  /// The elements of an array; none for everything else.
  public var elements: [JSONValue] {
    get { if case .array(let elements) = self { elements } else { [] } }
    set { self = .array(newValue) }
  }

  /// The string; `nil` for everything else.
  public var text: String? { if case .string(let text) = self { text } else { nil } }

  /// The value as a whole number; `nil` for everything else.
  public var integer: Int? {
    if case .number(let value) = self, value.rounded() == value { Int(value) } else { nil }
  }

  /// The value's type as JSON Schema names it.
  var typeName: String {
    switch self {
    case .null: "null"
    case .boolean: "boolean"
    case .number(let value): value.rounded() == value ? "integer" : "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
