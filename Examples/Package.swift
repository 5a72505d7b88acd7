// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "fencepost-examples",
  dependencies: [.package(name: "fencepost", path: "..")],
  targets: [
    .target(
      name: "Caches",
      dependencies: [.product(name: "PersistencyModel", package: "fencepost")],
      swiftSettings: settings
    ),
    .testTarget(
      name: "CachesTests",
      dependencies: [
        "Caches",
        .product(name: "CrashTesting", package: "fencepost"),
        .product(name: "FlushTracer", package: "fencepost"),
        .product(name: "PersistencyModel", package: "fencepost"),
      ],
      swiftSettings: settings
    ),
  ]
)
