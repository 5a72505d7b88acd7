import Foundation
import PersistencyModel
import TestSupport
import TraceFormat

/// `Tests/RecorderPrograms/mishaps.c`, recorded by one recorder or the other.
enum Mishap: String, CaseIterable, Sendable {
  case valgrind
  case compiled

  /// The recorders that this machine has what is needed for.
  static let recorders = allCases.filter(\.isAvailable)

  var isAvailable: Bool {
    switch self {
    case .valgrind: ProgramRecorder.isAvailable
    case .compiled: CompiledPrograms.isAvailable
    }
  }

  /// What a recording left.
  struct Recorded {
    let run: ToolRun
    let folder: Scratch
    /// Nil where there is no trace.
    let trace: Trace?
    let isComplete: Bool

    /// The trace's stores.
    var stores: [Event] { trace?.events.filter(\.kind.isStore) ?? [] }
    /// What the stores of at most 8 bytes stored.
    var values: [UInt64] { stores.map(\.payload) }

    /// Whether a sentence was printed.
    func says(_ sentence: String) -> Bool { run.errors.contains(sentence) }

    /// What the file is after the run.
    var file: [UInt8] {
      (try? Data(contentsOf: folder.url.appending(path: "pm.img"))).map { [UInt8]($0) } ?? []
    }

    /// Whether zeros with all stores applied are the file.
    var explainsFile: Bool { trace?.replayed(size: file.count) == file }

    /// Names of what is in the folder, but for the file and the trace.
    var rest: [String] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.url.path)) ?? []
      return names.filter { $0 != "pm.img" && $0 != "run.fpt" }.sorted()
    }

    /// The trace of another process than the first: the one of the last program it became.
    func otherTrace() throws -> (trace: Trace, isComplete: Bool)? {
      guard let name = rest.last(where: { $0.hasSuffix(".fpt") }) else { return nil }
      let read = try TraceReader.trace(folder.path(name))
      return (read.trace, read.summary.isComplete)
    }
  }

  private static let folder = Result { try Scratch() }
  private static let programs = Mishap.allCases.map { recorder in
    Result { try recorder.build(in: folder.get()) }
  }

  /// The program, built once.
  func program() throws -> String { try Self.programs[self == .valgrind ? 0 : 1].get() }

  /// The program as any compiler builds it.
  static func plainProgram() throws -> String {
    try ProgramRecorder.program("mishaps", in: folder.get())
  }

  private func build(in folder: Scratch) throws -> String {
    switch self {
    case .valgrind: try ProgramRecorder.program("mishaps", in: folder)
    case .compiled: try CompiledPrograms.compile("mishaps.c", in: folder)
    }
  }

  /// Runs `fencepost` where it finds the recorders of the tests.
  static func fencepost(
    _ words: [String],
    in folder: Scratch,
    environment: [String: String] = [:],
    whileRunning: (pid_t) -> Void = { _ in }
  ) throws -> ToolRun {
    try Tool.fencepost.run(
      words,
      environment: variables.merging(environment) { $1 },
      in: folder.url,
      whileRunning: whileRunning
    )
  }

  /// The variables by which the recorders of the tests are found.
  static let variables = [
    "FENCEPOST_RECORDER": Tool.products.appending(path: "recorder-of-tests").path,
    "FENCEPOST_COMPILED": Tool.products.appending(path: "compiled-recorder-of-tests").path,
  ]

  /// Records the program on its way to something.
  func record(
    _ way: String,
    _ more: [String] = [],
    options: [String] = [],
    program: String? = nil,
    environment: [String: String] = [:],
    whileRunning: (pid_t) -> Void = { _ in }
  ) throws -> Recorded {
    let folder = try Scratch(inMemory: true)
    let run = try Self.fencepost(
      ["record", "--how", rawValue, "-o", "run.fpt", "--pmem", "pm.img"] + options
        + ["--", program ?? self.program(), "pm.img", way] + more,
      in: folder,
      environment: environment,
      whileRunning: whileRunning
    )
    let read = try? TraceReader.trace(folder.path("run.fpt"))
    return Recorded(
      run: run,
      folder: folder,
      trace: read?.trace,
      isComplete: read?.summary.isComplete ?? false
    )
  }
}
