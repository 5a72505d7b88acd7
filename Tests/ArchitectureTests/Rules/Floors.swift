/// A target of the product: where it stands and what it may stand on.
struct FloorEntry: Hashable {
  let floor: Int
  let target: String
  let dependencies: Set<String>

  init(_ floor: Int, _ target: String, _ dependencies: Set<String> = []) {
    self.floor = floor
    self.target = target
    self.dependencies = dependencies
  }
}

/// The floor table of ARCHITECTURE.md.
///
/// A dependency is added here, there and in Package.swift, or nowhere.
let floorTable: [FloorEntry] = [
  FloorEntry(0, "CShim"),
  FloorEntry(0, "CZstd"),
  FloorEntry(0, "CLibcrypto"),
  FloorEntry(0, "CProcess"),
  FloorEntry(0, "CReadTracker"),
  FloorEntry(0, "CFencepostMarks"),
  FloorEntry(0, "PersistencyModel", ["BigInt"]),

  FloorEntry(1, "CForkServer", ["CReadTracker"]),
  FloorEntry(1, "FencepostMarks", ["CFencepostMarks"]),
  FloorEntry(1, "TraceFormat", ["PersistencyModel", "CZstd", "CLibcrypto", "SystemPackage"]),
  FloorEntry(1, "FlushTracer", ["PersistencyModel", "CShim"]),
  FloorEntry(1, "ReferenceCache", ["PersistencyModel"]),
  FloorEntry(1, "CacheSpecification", ["PersistencyModel"]),
  FloorEntry(1, "ImageAssertions", ["PersistencyModel"]),
  FloorEntry(1, "Checker", ["PersistencyModel", "BigInt", "OrderedCollections"]),
  FloorEntry(1, "CertificateAudit", ["PersistencyModel", "BigInt"]),
  FloorEntry(1, "ComparisonPolicies", ["PersistencyModel", "BigInt"]),
  FloorEntry(1, "RecoveryRunner", ["PersistencyModel", "CProcess", "CReadTracker"]),

  FloorEntry(
    2,
    "CrashTesting",
    ["PersistencyModel", "TraceFormat", "FlushTracer", "Checker", "BigInt"]
  ),
  FloorEntry(
    2,
    "fencepost",
    [
      "PersistencyModel", "TraceFormat", "FlushTracer", "ReferenceCache", "CacheSpecification",
      "ImageAssertions", "Checker", "CertificateAudit", "ComparisonPolicies", "RecoveryRunner",
      "ArgumentParser", "BigInt",
    ]
  ),
  FloorEntry(
    2,
    "fencepost-cache",
    ["PersistencyModel", "FlushTracer", "ReferenceCache", "ArgumentParser", "SystemPackage"]
  ),
]

/// Targets whose dependency on a C target is theirs alone.
let soleImporters = [
  "CShim": "FlushTracer", "CZstd": "TraceFormat", "CLibcrypto": "TraceFormat",
  "CProcess": "RecoveryRunner",
  "CFencepostMarks": "FencepostMarks",
]

/// Dependencies in a table that do not point down, and C targets used by others than their owner.
func upwardDependencies(in table: [FloorEntry]) -> [String] {
  let floors = Dictionary(uniqueKeysWithValues: table.map { ($0.target, $0.floor) })
  return table.flatMap { entry in
    entry.dependencies.sorted().compactMap { dependency in
      if let floor = floors[dependency], floor >= entry.floor {
        return "\(entry.target) (floor \(entry.floor)) depends on \(dependency) (floor \(floor))"
      }
      if let owner = soleImporters[dependency], owner != entry.target {
        return "\(entry.target) depends on \(dependency), which is \(owner)'s alone"
      }
      return nil
    }
  }
}

/// Differences between what a manifest declares and the table, one sentence each.
func differences(between manifest: PackageManifest, and table: [FloorEntry]) -> [String] {
  let declared = manifest.targets.filter { !$0.isTest }
  let expected = Dictionary(uniqueKeysWithValues: table.map { ($0.target, $0.dependencies) })
  let missing = expected.keys.filter { name in !declared.contains { $0.name == name } }
  return missing.sorted().map { "\($0) is in the table and not declared" }
    + declared.compactMap { target in
      guard let dependencies = expected[target.name] else {
        return "\(target.name) is declared and not in the table"
      }
      let difference = dependencies.symmetricDifference(target.dependencies).sorted()
      return difference.isEmpty ? nil : "\(target.name): the table differs in \(difference)"
    }
}

/// Imports of a target of ours that the file's target does not declare.
///
/// The build checks the same (`--explicit-target-dependency-import-check error`); here it takes no build.
func importsAcrossFloors(_ file: SourceFile) -> [Breach] {
  guard let entry = floorTable.first(where: { $0.target == file.target }) else { return [] }
  let ours = Set(floorTable.map(\.target))
  return imports(of: file)
    .filter { ours.contains($0.module) && $0.module != entry.target }
    .filter { !entry.dependencies.contains($0.module) }
    .map { Breach(path: file.path, line: $0.line, reason: "\(entry.target) imports \($0.module)") }
}

/// Imports of Foundation where there is no place for it: floor 0, `Checker`, `CacheSpecification`.
func importsOfFoundation(_ file: SourceFile) -> [Breach] {
  guard let entry = floorTable.first(where: { $0.target == file.target }),
    entry.floor == 0 || ["Checker", "CacheSpecification"].contains(entry.target)
  else { return [] }
  return imports(of: file).filter { $0.module.hasPrefix("Foundation") }
    .map { Breach(path: file.path, line: $0.line, reason: "\(entry.target) imports Foundation") }
}

/// Import declarations: the module and the line, counted from 1.
private func imports(of file: SourceFile) -> [(module: String, line: Int)] {
  SourceText(file.text).code.enumerated().compactMap { index, line in
    let words = line.identifiers
    guard let keyword = words.firstIndex(of: "import"), keyword < 3 else { return nil }
    let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
    let rest = words[(keyword + 1)...].drop { kinds.contains($0) }
    return rest.first.map { ($0, index + 1) }
  }
}

/// Names that the model's files declare, and the second counter of certificates may not use.
func namesOfTheModel(in files: [SourceFile]) -> Set<String> {
  let declarators: Set = ["struct", "enum", "class", "protocol", "typealias", "actor"]
  let declared = files.filter { $0.path.hasPrefix("Sources/PersistencyModel/Model/") }
    .flatMap { SourceText($0.text).code }
    .compactMap { line -> String? in
      let words = line.identifiers
      guard let keyword = words.firstIndex(where: declarators.contains), keyword < 4 else {
        return nil
      }
      return words.dropFirst(keyword + 1).first
    }
  return Set(declared)
}

/// Uses of the model by the counter that confirms it: it would repeat the model's mistakes.
func usesOfTheModel(_ file: SourceFile, names: Set<String>) -> [Breach] {
  guard file.target == "CertificateAudit" else { return [] }
  return SourceText(file.text).code.enumerated().flatMap { index, line in
    Set(line.identifiers).intersection(names).sorted().map {
      Breach(path: file.path, line: index + 1, reason: "\($0) belongs to the model")
    }
  }
}
