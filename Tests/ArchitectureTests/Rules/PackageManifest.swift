/// What `Package.swift` says of its targets, read as text.
struct PackageManifest {
  struct Target {
    let name: String
    let isTest: Bool
    let dependencies: Set<String>
    /// What `swiftSettings` is set to; empty for a C or system target.
    let settings: String
  }

  let targets: [Target]

  init(_ text: String) {
    let code = SourceText(text, keepsStrings: true).code.joined(separator: "\n")
    let products = Self.productNames(in: code)
    targets = ["target", "executableTarget", "testTarget", "systemLibrary"].flatMap { kind in
      Self.calls(of: "." + kind, in: code).map { Self.target($0, kind: kind, products: products) }
    }
  }

  private static func target(
    _ arguments: Substring,
    kind: String,
    products: [String: String]
  ) -> Target {
    let named = list("dependencies", in: arguments).map { products[$0] ?? $0 }
    let settings = arguments.ranges(of: "swiftSettings: ").first.map { range in
      arguments[range.upperBound...].identifiers.first ?? ""
    }
    return Target(
      name: quoted(after: "name: ", in: arguments),
      isTest: kind == "testTarget" || arguments.contains("path: \"Tests/"),
      dependencies: Set(named),
      settings: settings ?? ""
    )
  }

  /// Constants that stand for products: `let crypto = ….product(name: "Crypto", …)`.
  private static func productNames(in code: String) -> [String: String] {
    var names: [String: String] = [:]
    for range in code.ranges(of: "= Target.Dependency.product") {
      guard let constant = code[..<range.lowerBound].identifiers.last else { continue }
      names[constant] = quoted(after: "name: ", in: code[range.upperBound...])
    }
    return names
  }

  private static func calls(of function: String, in code: String) -> [Substring] {
    code.ranges(of: function + "(").compactMap { range in
      code.enclosed(from: code.index(before: range.upperBound))
    }
  }

  private static func quoted(after label: String, in text: Substring) -> String {
    guard let range = text.firstRange(of: label + "\"") else { return "" }
    return String(text[range.upperBound...].prefix { $0 != "\"" })
  }

  private static func list(_ label: String, in text: Substring) -> [String] {
    let text = String(text)
    guard let range = text.firstRange(of: label + ": ["),
      let inside = text.enclosed(from: text.index(before: range.upperBound))
    else { return [] }
    return inside.split(separator: ",").map { $0.filter { $0 != "\"" }.trimmed }
      .filter { !$0.isEmpty }
  }
}

/// Swift targets whose settings are not the strict ones, one sentence each.
func targetsWithoutStrictSettings(in manifest: PackageManifest) -> [String] {
  manifest.targets.filter { !isC($0.name) }.compactMap { target in
    let expected = target.isTest ? "strictTests" : "strict"
    return target.settings == expected ? nil : "\(target.name) is built without \(expected)"
  }
}

/// C targets are named by a capital C before another capital.
private func isC(_ name: String) -> Bool {
  name.hasPrefix("C") && (name.dropFirst().first?.isUppercase ?? false)
}
