import ArgumentParser
import Foundation

/// `fencepost assemble`: what compilers call in the assembler's place.
struct AssembleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assemble",
    abstract: "Rewrite assembly text and assemble it; called by compilers.",
    shouldDisplay: false
  )

  @Argument(parsing: .postTerminator, help: "What the assembler is told.")
  var words: [String] = []

  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    let call = AssemblerCall(words)
    guard !call.isForOtherMachine else {
      throw ToolFailure.usage("only programs of 64 bits can be compiled to be recorded: not -m32")
    }
    guard let assembler = RecorderTool.path(of: environment["FENCEPOST_AS"] ?? "as", environment)
    else { throw ToolFailure.inputOutput("there is no assembler `as`") }
    guard !call.isOnlyAsked else { throw ExitCode(try Self.run([assembler] + words)) }
    let text = try Self.rewritten(try Self.read(call.input), named: call.input ?? "-", environment)
    let scratch = try ScratchFile(suffix: ".s", text)
    defer { scratch.remove() }
    throw ExitCode(try Self.run([assembler] + call.words(input: scratch.path)))
  }

  /// The text with every store in it told to the runtime.
  static func rewritten(
    _ text: [UInt8],
    named name: String,
    _ environment: [String: String]
  ) throws -> [UInt8] {
    var rewriter = AssemblyRewriter(isStrict: environment["FENCEPOST_UNKNOWN"] != "warn")
    do throws(AssemblyRewriter.Refusal) {
      let result = try rewriter.rewrite(text)
      for note in rewriter.notes {
        StandardError.write(
          "fencepost: \(name):\(note.line): warning: not recorded: \(note.reason)\n"
        )
      }
      return result
    } catch {
      throw ToolFailure.malformed(
        "\(name):\(error.line): \(error.reason) (FENCEPOST_UNKNOWN=warn compiles it unrecorded)"
      )
    }
  }

  private static func read(_ path: String?) throws -> [UInt8] {
    guard let path, path != "-" else {
      return [UInt8](try FileHandle.standardInput.readToEnd() ?? Data())
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ToolFailure.inputOutput("\(path): cannot be read")
    }
    return [UInt8](data)
  }

  /// Runs a command on the streams of this process; its exit status.
  static func run(_ words: [String]) throws -> Int32 {
    try RecordedProgram.run(words, variables: ProcessInfo.processInfo.environment).status
  }
}

/// The words with which an assembler is called.
struct AssemblerCall: Equatable {
  private(set) var input: String?
  private let all: [String]
  private var inputIndex: Int?

  private static let valued: Set = ["-o", "-I", "--defsym", "--MD", "-defsym"]

  init(_ words: [String]) {
    all = words
    var isValue = false
    for (index, word) in words.enumerated() {
      if isValue {
        isValue = false
      } else if Self.valued.contains(word) {
        isValue = true
      } else if !word.hasPrefix("-") || word == "-" {
        (input, inputIndex) = (word, index)
      }
    }
  }

  var isForOtherMachine: Bool { all.contains("--32") || all.contains("--x32") }
  /// Whether it is asked for its version and the like.
  var isOnlyAsked: Bool {
    input == nil && all.contains { $0.hasPrefix("--version") || $0 == "--help" }
  }

  /// The words with another input.
  func words(input: String) -> [String] {
    var words = all
    if let inputIndex { words[inputIndex] = input } else { words.append(input) }
    return words
  }
}

/// A file for another program, which is removed afterwards.
struct ScratchFile {
  let path: String

  /// Makes the file; its name ends with `suffix`.
  init(suffix: String, _ content: [UInt8] = []) throws {
    path = NSTemporaryDirectory() + "/fencepost-\(getpid())-\(UUID().uuidString)\(suffix)"
    guard FileManager.default.createFile(atPath: path, contents: Data(content)) else {
      throw ToolFailure.inputOutput("\(path): cannot be written")
    }
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
