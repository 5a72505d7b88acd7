import ArgumentParser
import Foundation

/// `fencepost swift`: SwiftPM with compilers whose programs can be recorded at nearly their own speed.
struct PackageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "swift",
    abstract: "Build a Swift package so that `fencepost record` runs its programs by themselves.",
    discussion: """
      Takes what `swift build`, `swift run` and `swift test` take, and calls them with compilers of ours: \
      all targets of the package and of the packages that it depends on, in Swift, C and C++, are compiled as \
      by `fencepost swiftc` and `fencepost cc`, for debugging and for release. $FENCEPOST_SWIFT names another \
      `swift`.

      What is built is in .build/fencepost of the package, or where --scratch-path says, so that other builds \
      stay as they are. It is built anew where this command is another than the one that built it.

      Not compiled so: the manifest, and libraries that come in binary form. Refused: -static, -m32, and what \
      is compiled at linking (--experimental-lto-mode).

      EXAMPLES
        fencepost swift build -c release
        fencepost record -o run.fpt --pmem pool.pm -- .build/fencepost/release/server pool.pm
        fencepost swift build --build-tests
        fencepost record -o tests.fpt --pmem '*.pm' -- \
      .build/fencepost/debug/serverPackageTests.xctest --testing-library swift-testing
      """
  )

  @Argument(
    parsing: .captureForPassthrough,
    help: "build, run or test, and what `swift` is told with it."
  )
  var words: [String] = []

  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    let call = PackageCall(words)
    if let refusal = call.refusal { throw ToolFailure.usage(refusal) }
    guard
      let swift = RecorderTool.path(of: environment["FENCEPOST_SWIFT"] ?? "swift", environment)
    else { throw ToolFailure.inputOutput("there is no `swift` command") }
    let recorder = try CompiledRecorder.find(environment)
    let scratch = try call.scratchPath(in: FileManager.default.currentDirectoryPath)
    let toolchain = try PackageToolchain(swift: swift, recorder: recorder, scratch: scratch)
    try toolchain.make()
    let options =
      ["--scratch-path", scratch] + toolchain.options + ["-Xlinker", recorder.linkedObject]
    let variables = environment.merging(toolchain.variables(environment)) { $1 }
    throw ExitCode(
      try RecordedProgram.run([swift] + call.words(with: options), variables: variables).status
    )
  }
}

/// The words with which SwiftPM is called, as far as they concern recording.
struct PackageCall {
  private let words: [String]
  /// Those that are SwiftPM's, not those of a program that it runs.
  private let own: [String]

  private static let commands: Set = ["build", "run", "test"]

  /// Options of SwiftPM whose value is the next word.
  private static let valued: Set = [
    "--package-path", "--scratch-path", "--build-path", "--cache-path", "--config-path",
    "--security-path", "--swift-sdks-path", "--toolset", "--pkg-config-path", "--configuration",
    "-c", "-Xcc", "-Xcxx", "-Xswiftc", "-Xlinker", "-Xbuild-tools-swiftc", "--triple", "--sdk",
    "--toolchain", "--swift-sdk", "--sanitize", "--jobs", "-j", "--product", "--target", "--filter",
    "--skip", "--build-system", "--netrc-file", "--traits", "--debugger", "--num-workers",
    "--xunit-output", "--explicit-target-dependency-import-check",
  ]

  init(_ words: [String]) {
    self.words = words
    guard words.first == "run" else {
      own = words
      return
    }
    var isValue = true
    let end = words.firstIndex { word in
      defer { isValue = Self.valued.contains(word) }
      return !isValue && !word.hasPrefix("-")
    }
    own = Array(words[..<(end ?? words.endIndex)])
  }

  /// Why this cannot be done.
  var refusal: String? {
    guard let command = words.first, Self.commands.contains(command) else {
      return "fencepost swift: say build, run or test, and what `swift` is told with it"
    }
    if let system = value(of: ["--build-system"]), system != "native" {
      return
        "--build-system \(system): only SwiftPM's own way of building is supported; leave it out"
    }
    if let mode = value(of: ["--experimental-lto-mode"]) {
      return "--experimental-lto-mode \(mode): what the linker compiles is not seen; leave it out"
    }
    return nil
  }

  /// Where SwiftPM puts what it builds.
  ///
  /// - Throws: where there is no package.
  func scratchPath(in directory: String) throws -> String {
    let absolute = { (path: String) in
      path.hasPrefix("/") ? path : "\(directory)/\(path)"
    }
    if let given = value(of: ["--scratch-path", "--build-path"]) { return absolute(given) }
    let start = value(of: ["--package-path"]).map(absolute) ?? directory
    var package = URL(filePath: start).standardizedFileURL
    while !RecorderTool.isFile(package.appending(path: "Package.swift").path) {
      guard package.path != "/", value(of: ["--package-path"]) == nil else {
        throw ToolFailure.inputOutput("\(start): there is no Package.swift here or above")
      }
      package.deleteLastPathComponent()
    }
    return package.appending(path: ".build/fencepost").path
  }

  /// The words with more options of SwiftPM, which are for it and not for a program that it runs.
  func words(with options: [String]) -> [String] { [words[0]] + options + words.dropFirst() }

  private func value(of names: Set<String>) -> String? {
    for (index, word) in own.enumerated() {
      if names.contains(word) { return own.indices.contains(index + 1) ? own[index + 1] : nil }
      if let name = names.first(where: { word.hasPrefix("\($0)=") }) {
        return String(word.dropFirst(name.count + 1))
      }
    }
    return nil
  }
}
