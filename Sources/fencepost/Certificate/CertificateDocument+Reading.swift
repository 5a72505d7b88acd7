import Foundation
import TraceFormat

extension CertificateDocument {
  /// Largest file read as a certificate, in bytes.
  private static let maximumSize = 1 << 28

  /// Reads a certificate, or a report in JSON with one inside.
  ///
  /// - Throws: `ToolFailure.malformed` with the JSON path of what is wrong; `inputOutput` where the file
  ///   cannot be read.
  static func read(_ path: String) throws -> CertificateDocument {
    let bytes = try ToolFailure.translating {
      try DecodedFile.bytes(ofFile: path, limit: maximumSize)
    }
    let document: CertificateDocument
    do {
      document = try JSONDecoder().decode(CertificateDocument.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw ToolFailure.malformed("\(path): \(error.sentence)")
    }
    guard document.schemaVersion == schemaVersion else {
      throw ToolFailure.malformed(
        "\(path): $.schemaVersion: \(document.schemaVersion) is not \(schemaVersion), the only one known"
      )
    }
    return document
  }
}

extension DecodingError {
  /// The JSON path, and what is wrong there.
  fileprivate var sentence: String {
    switch self {
    case .typeMismatch(let type, let context):
      "\(context.codingPath.jsonPath): expected \(Self.name(of: type))"
    case .valueNotFound(let type, let context):
      "\(context.codingPath.jsonPath): expected \(Self.name(of: type)), found null"
    case .keyNotFound(let key, let context):
      "\((context.codingPath + [key]).jsonPath): is missing"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "$: not JSON: truncated or damaged"
        : "\(context.codingPath.jsonPath): \(context.debugDescription)"
    @unknown default: "$: cannot be read"
    }
  }

  private static func name(of type: any Any.Type) -> String {
    switch "\(type)" {
    case "String": "a text"
    case "Bool": "true or false"
    case let name where name.hasPrefix("Array"): "a list"
    case let name where name.contains("Int"): "a whole number"
    default: "an object"
    }
  }
}

extension [any CodingKey] {
  fileprivate var jsonPath: String {
    reduce("$") { $0 + ($1.intValue.map { "[\($0)]" } ?? ".\($1.stringValue)") }
  }
}
