import Testing

private let manifest = PackageManifest(Repository.read("Package.swift")?.text ?? "")

@Test func theManifestDeclaresTheFloorTable() {
  #expect(differences(between: manifest, and: floorTable) == [])
}

@Test func anUndeclaredOrExtraDependencyIsFound() {
  let sample = PackageManifest(
    """
    let bigInt = Target.Dependency.product(
      name: "BigInt", package: "BigInt")
    // .target(name: "Ghost"),
    .target(name: "A", dependencies: ["B", bigInt], swiftSettings: strict),
    .systemLibrary(name: "C"),
    """
  )
  let table = [FloorEntry(1, "A", ["B"]), FloorEntry(0, "B")]
  #expect(
    differences(between: sample, and: table) == [
      "B is in the table and not declared", "A: the table differs in [\"BigInt\"]",
      "C is declared and not in the table",
    ]
  )
}

@Test func dependenciesPointDown() {
  #expect(upwardDependencies(in: floorTable) == [])
}

@Test func aSiblingAFloorAboveAndASharedShimAreFound() {
  let table = [
    FloorEntry(0, "Low", ["High"]), FloorEntry(0, "CShim"), FloorEntry(1, "Left", ["Right"]),
    FloorEntry(1, "Right", ["CShim"]), FloorEntry(2, "High", ["Left"]),
  ]
  #expect(
    upwardDependencies(in: table) == [
      "Low (floor 0) depends on High (floor 2)", "Left (floor 1) depends on Right (floor 1)",
      "Right depends on CShim, which is FlushTracer's alone",
    ]
  )
}

@Test func everySwiftTargetIsBuiltStrictly() {
  #expect(targetsWithoutStrictSettings(in: manifest) == [])
}

@Test func aTargetWithoutStrictSettingsIsFound() {
  let sample = PackageManifest(
    #"""
    .target(name: "A", dependencies: []), .testTarget(name: "B", swiftSettings: strictTests),
    .executableTarget(name: "D", swiftSettings: strictTests)
    """#
  )
  #expect(
    targetsWithoutStrictSettings(in: sample) == [
      "A is built without strict", "D is built without strict",
    ]
  )
}

@Test func noImportCrossesTheFloors() {
  expectNone(Repository.product.flatMap(importsAcrossFloors))
}

@Test(arguments: [
  ("Checker", "public import TraceFormat"), ("PersistencyModel", "import Checker"),
  ("ReferenceCache", "import CShim"), ("FlushTracer", "internal import CZstd"),
  ("Checker", "@testable import struct ReferenceCache.Entry"),
])
func anImportAcrossFloorsIsFound(target: String, line: String) {
  let file = SourceFile(path: "Sources/\(target)/A.swift", text: "// import X\n\(line)\n")
  #expect(importsAcrossFloors(file).map(\.line) == [2])
}

@Test func importsOfLowerFloorsAndOtherPackagesAreNotReported() {
  let text = "import PersistencyModel\nimport CShim\nimport Glibc\nimport FlushTracer\n"
  let file = SourceFile(path: "Sources/FlushTracer/A.swift", text: text)
  #expect(importsAcrossFloors(file) == [])
}

@Test func floorZeroTheCheckerAndTheSpecificationDoWithoutFoundation() {
  expectNone(Repository.product.flatMap(importsOfFoundation))
}

@Test(arguments: ["PersistencyModel", "Checker", "CacheSpecification"])
func foundationIsFoundWhereItHasNoPlace(target: String) {
  let path = "Sources/\(target)/A.swift"
  let text = "import Glibc\nprivate import FoundationEssentials\n"
  #expect(importsOfFoundation(SourceFile(path: path, text: text)).map(\.line) == [2])
}

@Test func everyTargetOfTheTableHasSources() {
  for entry in floorTable {
    #expect(Repository.paths.contains { $0.hasPrefix("Sources/\(entry.target)/") })
  }
}

@Test func theSecondCounterUsesNothingOfTheModel() {
  let names = namesOfTheModel(in: Repository.product)
  let some: Set = [
    "PersistencyMachine", "LineSpace", "LineComponent", "ChoiceCounter", "CrashSweep",
    "CrashPoint", "ModelOptions", "TearMode", "StoreOrder", "Piece", "KeepSpec", "LineState",
  ]
  #expect(names.isSuperset(of: some))
  expectNone(Repository.product.flatMap { usesOfTheModel($0, names: names) })
}

@Test func aUseOfTheModelByTheSecondCounterIsFound() {
  let model = SourceFile(
    path: "Sources/PersistencyModel/Model/A.swift",
    text: "public struct Counter {\n  private enum Inner {}\n}\n"
  )
  let names = namesOfTheModel(in: [model])
  #expect(names == ["Counter", "Inner"])
  let text = "// Counter\nlet a = \"Counter\"\nlet counter: Counter\n"
  let audit = SourceFile(path: "Sources/CertificateAudit/A.swift", text: text)
  #expect(usesOfTheModel(audit, names: names).map(\.line) == [3])
  let other = SourceFile(path: "Sources/Checker/A.swift", text: text)
  #expect(usesOfTheModel(other, names: names).isEmpty)
}
