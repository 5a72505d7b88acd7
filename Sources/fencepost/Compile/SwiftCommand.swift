import ArgumentParser
import Foundation

/// `fencepost swiftc`: as `fencepost cc`, for Swift.
struct SwiftCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "swiftc",
    abstract: "Compile Swift so that `fencepost record` runs the program by itself.",
    discussion: """
      Compiles the sources to assembly text as a whole module, rewrites it, and links what comes out; \
      $FENCEPOST_SWIFTC names another compiler. One call compiles all sources of a module. Packages are built \
      by `fencepost swift build`.

      EXAMPLES
        fencepost swiftc -O -g server.swift -o server
        fencepost record -o run.fpt --pmem pool.pm -- ./server pool.pm
      """
  )

  @Argument(parsing: .captureForPassthrough, help: "What the compiler is told.")
  var words: [String] = []

  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    guard
      let compiler = RecorderTool.path(of: environment["FENCEPOST_SWIFTC"] ?? "swiftc", environment)
    else { throw ToolFailure.inputOutput("there is no swiftc") }
    let call = SwiftCall(words)
    guard !call.sources.isEmpty else {
      throw ExitCode(try AssembleCommand.run([compiler] + words))
    }
    if let refusal = call.refusal { throw ToolFailure.usage(refusal) }
    let recorder = try CompiledRecorder.find(environment)
    let text = try ScratchFile(suffix: ".s")
    let object = try ScratchFile(suffix: ".o")
    defer { [text, object].forEach { $0.remove() } }
    try Self.require([compiler] + call.compiling(to: text.path))
    guard let assembly = FileManager.default.contents(atPath: text.path) else {
      throw ToolFailure.inputOutput("\(text.path): cannot be read")
    }
    let name = call.sources[0]
    let rewritten = try AssembleCommand.rewritten([UInt8](assembly), named: name, environment)
    try Data(rewritten).write(to: URL(fileURLWithPath: text.path))
    // The compiler's own: its text is for the assembler that is part of it.
    let beside =
      ((compiler as NSString).resolvingSymlinksInPath as NSString).deletingLastPathComponent
      + "/clang"
    let assembler =
      RecorderTool.isFile(beside) ? beside : RecorderTool.path(of: "clang", environment)
    guard let assembler else { throw ToolFailure.inputOutput("there is no clang to assemble with") }
    let output = call.isLinking ? object.path : call.objectPath
    try Self.require([assembler, "-c", "-x", "assembler", text.path, "-o", output])
    guard call.isLinking else { return }
    try Self.require([compiler] + call.linking(object.path, recorder.linkedObject))
  }

  private static func require(_ words: [String]) throws {
    let status = try AssembleCommand.run(words)
    guard status == 0 else { throw ExitCode(status) }
  }
}

/// The words with which swiftc is called, taken apart: it is called twice.
struct SwiftCall {
  private let words: [String]
  private var output: String?
  private(set) var sources: [String] = []
  private var rest: [String] = []
  private var hasModuleName = false
  private(set) var isLinking = true

  private static let modes: Set = [
    "-c", "-emit-object", "-emit-executable", "-wmo", "-whole-module-optimization",
  ]

  init(_ words: [String]) {
    self.words = words
    var iterator = words.makeIterator()
    while let word = iterator.next() {
      switch word {
      case "-o": output = iterator.next()
      case "-c", "-emit-object": isLinking = false
      case _ where Self.modes.contains(word): break
      case _ where word.hasSuffix(".swift"): sources.append(word)
      default:
        if word == "-module-name" { hasModuleName = true }
        rest.append(word)
      }
    }
  }

  private static let unsupported: Set = [
    "-output-file-map", "-frontend", "-incremental", "-typecheck", "-emit-module", "-emit-assembly",
    "-emit-ir", "-emit-bc", "-emit-sil", "-static-executable", "-static-stdlib",
  ]

  /// Why this cannot be done.
  var refusal: String? {
    words.first { Self.unsupported.contains($0) || $0.hasPrefix("-lto") }
      .map {
        "\($0): not supported; one call compiles a module's sources to a program, library or object"
      }
  }

  /// Where an object goes that is not linked.
  var objectPath: String { output ?? (moduleName + ".o") }

  private var moduleName: String {
    guard let output, !isLinking || words.contains("-emit-library") else { return "main" }
    let stem = ((output as NSString).lastPathComponent as NSString).deletingPathExtension
    return stem.hasPrefix("lib") ? String(stem.dropFirst(3)) : stem
  }

  /// Compiles all sources to one file of assembly text.
  func compiling(to path: String) -> [String] {
    let name = hasModuleName ? [] : ["-module-name", moduleName]
    let plain = rest.filter { !$0.hasSuffix(".o") && !$0.hasSuffix(".a") && $0 != "-emit-library" }
    return sources + plain + name + ["-whole-module-optimization", "-emit-assembly", "-o", path]
  }

  /// Links the object and everything that is no source.
  func linking(_ object: String, _ linked: String) -> [String] {
    [object] + rest.filter { $0 != "-parse-as-library" } + [linked, "-o", output ?? "main"]
  }
}
