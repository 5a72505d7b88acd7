import ArgumentParser
import Foundation

/// `fencepost cc`: a C compiler whose programs can be recorded at nearly their own speed.
struct CCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cc",
    abstract:
      "Compile C so that `fencepost record` runs the program by itself, not under Valgrind.",
    discussion: """
      Takes what clang and gcc take, and calls one of them ($FENCEPOST_CC, else clang, else gcc) with an \
      assembler of ours: each store, flush and fence of the code asks whether its address is watched. A \
      program that is not recorded asks in vain, and is otherwise what it was.

      Seen: every store of the compiled code, inline assembly, AVX-512 with masks and scattered, flushes and fences \
      included; memcpy and its kin, libpmem's functions, system calls that store. Not seen: other stores of \
      libraries that were not compiled so. Refused: -flto, -m32, -masm=intel, -static, and instructions \
      that store in a way that is not known.

      EXAMPLES
        fencepost cc -O2 -g -o server server.c -lpmem
        fencepost record -o run.fpt -- ./server --pool pool.pm
        make CC='fencepost cc'
        cmake -DCMAKE_C_COMPILER=fencepost -DCMAKE_C_COMPILER_ARG1=cc ..
      """
  )

  @Argument(parsing: .captureForPassthrough, help: "What the compiler is told.")
  var words: [String] = []

  func run() throws {
    try CompilerDriver(words, variable: "FENCEPOST_CC", names: ["clang", "gcc"]).run()
  }
}

/// `fencepost c++`: as `fencepost cc`, for C++.
struct CPlusPlusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "c++",
    abstract: "Compile C++ so that `fencepost record` runs the program by itself.",
    discussion: """
      As `fencepost cc`, with clang++ or g++; $FENCEPOST_CXX names another compiler.

      EXAMPLES
        fencepost c++ -O2 -g -o server server.cpp -lpmem
        make CC='fencepost cc' CXX='fencepost c++'
      """
  )

  @Argument(parsing: .captureForPassthrough, help: "What the compiler is told.")
  var words: [String] = []

  func run() throws {
    try CompilerDriver(words, variable: "FENCEPOST_CXX", names: ["clang++", "g++"]).run()
  }
}

/// A compiler of C or C++ with our assembler.
struct CompilerDriver {
  private let words: [String]
  private let variable: String
  private let names: [String]

  init(_ words: [String], variable: String, names: [String]) {
    self.words = words
    self.variable = variable
    self.names = names
  }

  /// Runs the compiler and ends with its status.
  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    let candidates = environment[variable].map { [$0] } ?? names
    guard
      let compiler = candidates.lazy.compactMap({ RecorderTool.path(of: $0, environment) }).first
    else {
      throw ToolFailure.inputOutput(
        "there is no compiler: looked for \(candidates.joined(separator: ", "))"
      )
    }
    let call = CompilerCall(words)
    if let refusal = call.refusal { throw ToolFailure.usage(refusal) }
    let recorder = try CompiledRecorder.find(environment)
    var all = words + Self.options(of: compiler) + ["-B", recorder.binaries]
    if call.isLinking { all += ["-x", "none", recorder.linkedObject] }
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let variables = environment.merging(["FENCEPOST_COMMAND": own ?? "fencepost"]) { $1 }
    throw ExitCode(
      try RecordedProgram.run([compiler] + (call.hasInput ? all : words), variables: variables)
        .status
    )
  }

  /// gcc must not know which registers functions of the same file leave alone: ours do not.
  private static func options(of compiler: String) -> [String] {
    let name = (compiler as NSString).lastPathComponent
    let isClang =
      name.contains("clang") || !(name.contains("gcc") || name.contains("g++")) && isClang(compiler)
    return isClang ? ["-fno-integrated-as", "-Wno-unused-command-line-argument"] : ["-fno-ipa-ra"]
  }

  private static func isClang(_ compiler: String) -> Bool {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: compiler)
    process.arguments = ["--version"]
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).contains("clang")
  }
}

/// The words with which a compiler is called, as far as they concern recording.
struct CompilerCall {
  private let words: [String]

  init(_ words: [String]) { self.words = words }

  private static let unlinked: Set = ["-c", "-S", "-E", "-M", "-MM", "-fsyntax-only", "-r", "-###"]

  /// Whether there is something to compile or link.
  var hasInput: Bool { words.contains { !$0.hasPrefix("-") || $0 == "-" } }

  /// Whether a program or library is linked.
  var isLinking: Bool {
    hasInput
      && !words.contains {
        Self.unlinked.contains($0) || $0.hasPrefix("-print-") || $0.hasPrefix("-dump")
      }
  }

  /// Why such a program could not be recorded.
  var refusal: String? {
    let lto = words.last { $0.hasPrefix("-flto") || $0 == "-fno-lto" }
    if let lto, lto != "-fno-lto" {
      return "\(lto): what the linker compiles is not seen; leave it out"
    }
    if let word = words.first(where: { ["-m32", "-mx32", "-masm=intel"].contains($0) }) {
      return "\(word): only code of 64 bits in AT&T syntax is rewritten; leave it out"
    }
    if let word = words.first(where: { ["-static", "-static-pie"].contains($0) }), isLinking {
      return "\(word): a program without a dynamic loader cannot be recorded; leave it out"
    }
    return nil
  }
}
