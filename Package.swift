// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target, tests included.
///
/// Warnings become errors on the command line (see Makefile), not here, so that a newer compiler's
/// warning never stops somebody who only wants to build.
let strictTests: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Tests that wait for programs and for modules that are optimised: compiled without, they are built sooner.
let unoptimised: [SwiftSetting] = [.unsafeFlags(["-Onone"], .when(configuration: .release))]

/// Outside tests every unsafe call is marked as well.
let strict: [SwiftSetting] = strictTests + [.strictMemorySafety()]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser",
  package: "swift-argument-parser"
)
let bigInt = Target.Dependency.product(name: "BigInt", package: "BigInt")
let collections = Target.Dependency.product(
  name: "OrderedCollections",
  package: "swift-collections"
)
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
  name: "fencepost",
  products: [
    .executable(name: "fencepost", targets: ["fencepost"]),
    .executable(name: "fencepost-cache", targets: ["fencepost-cache"]),
    .library(name: "PersistencyModel", targets: ["PersistencyModel"]),
    .library(name: "FlushTracer", targets: ["FlushTracer"]),
    .library(name: "ReferenceCache", targets: ["ReferenceCache"]),
    .library(name: "Checker", targets: ["Checker"]),
    .library(name: "CrashTesting", targets: ["CrashTesting"]),
    // For programs that are recorded: nothing but a function, and a header for C.
    .library(name: "FencepostMarks", targets: ["FencepostMarks"]),
    // Preloaded into checkers by RecoveryRunner; looked for beside the running executable.
    .library(name: "fencepost-forkserver", type: .dynamic, targets: ["CForkServer"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
  ],
  targets: [
    // Floor 0: what everything stands on.
    .target(
      name: "CShim",
      linkerSettings: [.linkedLibrary("pmem"), .linkedLibrary("unwind")]
    ),
    .systemLibrary(
      name: "CZstd",
      pkgConfig: "libzstd",
      providers: [.apt(["libzstd-dev"])]
    ),
    .systemLibrary(
      name: "CLibcrypto",
      pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"])]
    ),
    .target(name: "CProcess"),
    .target(name: "CReadTracker"),
    .target(name: "CFencepostMarks"),
    .target(name: "PersistencyModel", dependencies: [bigInt], swiftSettings: strict),

    // Floor 1: siblings that never import one another.
    .target(
      name: "CForkServer",
      dependencies: ["CReadTracker"],
      // It is loaded into checkers: so would be the Swift runtime, which is linked unless told so. Without
      // a name the linker gives it the path where it was built.
      linkerSettings: [
        .unsafeFlags([
          "-enable-experimental-feature", "Embedded",
          "-Xlinker", "-soname=libfencepost-forkserver.so",
        ])
      ]
    ),
    .target(
      name: "TraceFormat",
      dependencies: ["PersistencyModel", "CZstd", "CLibcrypto", systemPackage],
      swiftSettings: strict
    ),
    .target(
      name: "FlushTracer",
      dependencies: ["PersistencyModel", "CShim"],
      swiftSettings: strict
    ),
    .target(
      name: "ReferenceCache",
      dependencies: ["PersistencyModel"],
      swiftSettings: strict
    ),
    .target(
      name: "CacheSpecification",
      dependencies: ["PersistencyModel"],
      swiftSettings: strict
    ),
    .target(
      name: "ImageAssertions",
      dependencies: ["PersistencyModel"],
      swiftSettings: strict
    ),
    .target(
      name: "Checker",
      dependencies: ["PersistencyModel", bigInt, collections],
      swiftSettings: strict
    ),
    .target(
      name: "ComparisonPolicies",
      dependencies: ["PersistencyModel", bigInt],
      swiftSettings: strict
    ),
    .target(
      name: "RecoveryRunner",
      dependencies: ["PersistencyModel", "CProcess", "CReadTracker"],
      swiftSettings: strict
    ),
    .target(
      name: "FencepostMarks",
      dependencies: ["CFencepostMarks"],
      swiftSettings: strict
    ),

    .target(
      name: "CertificateAudit",
      dependencies: ["PersistencyModel", bigInt],
      swiftSettings: strict
    ),

    // Floor 2: composition.
    .target(
      name: "CrashTesting",
      dependencies: ["PersistencyModel", "TraceFormat", "FlushTracer", "Checker", bigInt],
      swiftSettings: strict
    ),
    .executableTarget(
      name: "fencepost",
      dependencies: [
        "PersistencyModel", "TraceFormat", "FlushTracer", "ReferenceCache", "CacheSpecification",
        "ImageAssertions", "Checker", "CertificateAudit", "ComparisonPolicies", "RecoveryRunner",
        argumentParser, bigInt,
      ],
      swiftSettings: strict
    ),
    .executableTarget(
      name: "fencepost-cache",
      dependencies: [
        "PersistencyModel", "FlushTracer", "ReferenceCache", argumentParser, systemPackage,
      ],
      swiftSettings: strict
    ),

    // Tests.
    .executableTarget(
      name: "recovery-worker-host",
      dependencies: ["RecoveryRunner"],
      path: "Tests/RecoveryWorkerHost",
      swiftSettings: strictTests
    ),
    .executableTarget(
      name: "swift-marks",
      dependencies: ["FencepostMarks"],
      path: "Tests/RecorderPrograms/SwiftMarks",
      swiftSettings: strictTests
    ),
    .target(
      name: "TestSupport",
      dependencies: ["PersistencyModel", "CZstd"],
      path: "Tests/TestSupport",
      swiftSettings: strictTests
    ),
    .testTarget(
      name: "PersistencyModelTests",
      dependencies: ["PersistencyModel", "TestSupport", bigInt],
      swiftSettings: strictTests
    ),
    .testTarget(
      name: "TraceFormatTests",
      dependencies: ["PersistencyModel", "TraceFormat", "TestSupport"],
      swiftSettings: strictTests + unoptimised
    ),
    .testTarget(
      name: "FlushTracerTests",
      dependencies: ["PersistencyModel", "FlushTracer", "TestSupport"],
      swiftSettings: strictTests + unoptimised
    ),
    .testTarget(
      name: "ReferenceCacheTests",
      dependencies: ["PersistencyModel", "ReferenceCache", "TestSupport"],
      swiftSettings: strictTests + unoptimised
    ),
    .testTarget(
      name: "CacheSpecificationTests",
      dependencies: ["PersistencyModel", "CacheSpecification", "TestSupport"],
      swiftSettings: strictTests
    ),
    .testTarget(
      name: "ImageAssertionsTests",
      dependencies: ["PersistencyModel", "ImageAssertions", "TestSupport"],
      swiftSettings: strictTests + unoptimised
    ),
    .testTarget(
      name: "CheckerTests",
      dependencies: ["PersistencyModel", "Checker", "TestSupport", bigInt],
      swiftSettings: strictTests
    ),
    .testTarget(
      name: "CrashTestingTests",
      dependencies: [
        "PersistencyModel", "TraceFormat", "FlushTracer", "Checker", "CrashTesting", "TestSupport",
      ],
      swiftSettings: strictTests + unoptimised
    ),
    .testTarget(
      name: "CertificateAuditTests",
      dependencies: ["PersistencyModel", "CertificateAudit", "TestSupport", bigInt],
      swiftSettings: strictTests + unoptimised
    ),
    .testTarget(
      name: "ComparisonPoliciesTests",
      dependencies: ["PersistencyModel", "ComparisonPolicies", "TestSupport", bigInt],
      swiftSettings: strictTests
    ),
    .testTarget(
      name: "RecoveryRunnerTests",
      dependencies: [
        "PersistencyModel", "RecoveryRunner", "TestSupport", "recovery-worker-host",
      ],
      swiftSettings: strictTests + unoptimised
    ),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "TestSupport", "fencepost", "fencepost-cache", "PersistencyModel", "TraceFormat",
        "ReferenceCache", "CacheSpecification", "ImageAssertions", "Checker", "ComparisonPolicies",
        "RecoveryRunner", "swift-marks", argumentParser, bigInt,
      ],
      swiftSettings: strictTests + unoptimised
    ),
    .testTarget(
      name: "ArchitectureTests",
      dependencies: ["TestSupport"],
      swiftSettings: strictTests
    ),
  ]
)
