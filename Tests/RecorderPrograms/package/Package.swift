// swift-tools-version: 6.0
import PackageDescription

// A program whose stores are in three languages, for the tests of `fencepost swift`.
let package = Package(
  name: "ledger",
  targets: [
    .target(name: "Memory"),
    .target(name: "Publishing"),
    .target(name: "Book", dependencies: ["Memory", "Publishing"]),
    .executableTarget(name: "ledger", dependencies: ["Book"]),
    .testTarget(name: "BookTests", dependencies: ["Book"]),
  ]
)
