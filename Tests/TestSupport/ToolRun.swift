public import Foundation

/// A program of this package, as built beside the tests, or one that is installed.
public struct Tool: Sendable {
  /// The file's name, or its path.
  public let name: String

  /// The checker's command line.
  public static let fencepost = Tool(name: "fencepost")
  /// The cache's command line.
  public static let cache = Tool(name: "fencepost-cache")

  /// A program of the machine that is looked for in `PATH`, whose value is one of the first arguments, as `PATH=...`.
  public static let env = Tool(name: "/usr/bin/env")

  /// Where the program is.
  public var url: URL {
    name.hasPrefix("/") ? URL(fileURLWithPath: name) : Self.products.appendingPathComponent(name)
  }

  /// The directory of everything that was built.
  public static let products: URL = {
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: own ?? CommandLine.arguments[0]).deletingLastPathComponent()
  }()

  /// Runs the program to its end, or kills it after `timeLimit` seconds, which shows as a signal.
  ///
  /// - Parameters:
  ///   - arguments: what stands after the program's name.
  ///   - environment: set beside the variables of this process.
  ///   - input: bytes on standard input.
  ///   - directory: where it runs; relative arguments start there.
  ///   - output: a file that standard output goes to instead of the result.
  ///   - terminal: a terminal that standard error goes to instead of the result.
  ///   - timeLimit: in seconds.
  ///   - whileRunning: called once the program has been started, with its process id.
  /// - Throws: where the program cannot be started.
  /// - Returns: how it ended and what it printed.
  public func run(
    _ arguments: [String],
    environment: [String: String] = [:],
    input: [UInt8] = [],
    in directory: URL? = nil,
    output: String? = nil,
    errorsTo terminal: Terminal? = nil,
    timeLimit: Double = 240,
    whileRunning: (pid_t) -> Void = { _ in }
  ) throws -> ToolRun {
    let scratch = try Scratch()
    let outputURL = try output.map { URL(fileURLWithPath: $0) } ?? scratch.file("output", [])
    let errorsURL = try scratch.file("errors", [])
    let streams = try [
      StartedProgram.open(scratch.file("input", input).path, O_RDONLY),
      StartedProgram.open(outputURL.path, O_WRONLY),
      terminal.map { dup($0.device.fileDescriptor) }
        ?? StartedProgram.open(errorsURL.path, O_WRONLY),
    ]
    // A trap is told by its status; a backtrace takes seconds.
    let variables = ProcessInfo.processInfo.environment
      .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }.merging(environment) { $1 }
    let program = try StartedProgram(
      url.path,
      arguments,
      variables,
      in: (directory ?? scratch.url).path,
      streams
    )
    let watchdog = DispatchWorkItem { kill(program.id, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + timeLimit, execute: watchdog)
    whileRunning(program.id)
    let status = program.waitForEnd()
    watchdog.cancel()
    return ToolRun(
      status: status & 0x7f == 0 ? status >> 8 & 0xff : status & 0x7f,
      isSignalled: status & 0x7f != 0,
      output: output == nil ? [UInt8](try Data(contentsOf: outputURL)) : [],
      errors: String(decoding: try Data(contentsOf: errorsURL), as: UTF8.self)
    )
  }
}

/// What a run of a program left.
public struct ToolRun: Sendable {
  /// Exit status, or the signal that ended it.
  public var status: Int32
  /// Whether a signal ended it: a trap, or the time limit.
  public var isSignalled: Bool
  /// Standard output.
  public var output: [UInt8]
  /// Standard error.
  public var errors: String

  /// Standard output as text.
  public var text: String { String(decoding: output, as: UTF8.self) }
}

/// A directory that goes when its last owner does.
public final class Scratch: Sendable {
  /// The directory.
  public let url: URL

  /// Makes an empty directory, on a file system in memory if there is one and that is wanted.
  public init(inMemory: Bool = false) throws {
    let memory = "/dev/shm"
    let parent =
      inMemory && FileManager.default.isWritableFile(atPath: memory)
      ? URL(fileURLWithPath: memory) : FileManager.default.temporaryDirectory
    url = parent.appendingPathComponent("tool-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of a file in it, which need not exist.
  public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a file in it.
  @discardableResult
  public func file(_ name: String, _ bytes: [UInt8]) throws -> URL {
    let file = url.appendingPathComponent(name)
    try Data(bytes).write(to: file)
    return file
  }

  /// Writes a text into it; its path.
  public func text(_ name: String, _ text: String) throws -> String {
    try file(name, Array(text.utf8)).path
  }

  /// Names of what is in it, ascending.
  public var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
  }
}
