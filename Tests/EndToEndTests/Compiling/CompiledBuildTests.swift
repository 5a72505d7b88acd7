import Foundation
import PersistencyModel
import TestSupport
import Testing
import TraceFormat

/// The lines of docs/record.md by which others' ways of building call `fencepost cc` and `fencepost c++`.
@Suite(.enabled(if: CompiledPrograms.isAvailable, "\(CompiledPrograms.obstacle ?? "")"))
struct CompiledBuildTests {
  private static let cmakeLists = """
    cmake_minimum_required(VERSION 3.13)
    project(programs C CXX)
    add_executable(append-log append-log.c)
    add_executable(exceptions exceptions.cpp)

    """

  /// Runs a command that finds `fencepost` in its path.
  private func requireSuccess(of words: String..., in folder: Scratch) throws {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let variables = [
      "PATH=\(Tool.products.path):\(path)", "FENCEPOST_COMPILED=\(CompiledPrograms.directory)",
    ]
    let run = try Tool.env.run(variables + words, in: folder.url)
    try #require(run.status == 0, "\(String(decoding: run.output, as: UTF8.self))\(run.errors)")
  }

  private func sources() throws -> Scratch {
    let folder = try Scratch()
    for name in ["append-log.c", "exceptions.cpp"] {
      let copy = folder.url.appending(path: name)
      try FileManager.default.copyItem(at: ProgramRecorder.source(name), to: copy)
    }
    return folder
  }

  private func expectRecordings(in folder: Scratch) throws {
    for (name, arguments, stores) in [("append-log", ["correct"], 4), ("exceptions", [], 9)] {
      try? FileManager.default.removeItem(at: folder.url.appending(path: "pm.img"))
      let (run, trace, summary) = try CompiledPrograms.trace(of: "./\(name)", arguments, in: folder)
      #expect(run.status == 0 && summary.isComplete, "\(run.errors)")
      let file = try Data(contentsOf: folder.url.appending(path: "pm.img"))
      #expect(trace.replayed(size: file.count) == [UInt8](file))
      #expect(trace.events.count { $0.kind.isStore } >= stores)
    }
  }

  @Test func makeBuildsWhatIsRecorded() throws {
    let folder = try sources()
    try requireSuccess(
      of: "make",
      "-s",
      "CC=fencepost cc",
      "CXX=fencepost c++",
      "append-log",
      "exceptions",
      in: folder
    )
    try expectRecordings(in: folder)
  }

  @Test(.enabled(if: CompiledPrograms.has("cmake"), "cmake is missing"))
  func cmakeBuildsWhatIsRecorded() throws {
    let folder = try sources()
    _ = try folder.file("CMakeLists.txt", Array(Self.cmakeLists.utf8))
    try requireSuccess(
      of: "cmake",
      "-B",
      ".",
      "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
      "-DCMAKE_C_COMPILER=fencepost",
      "-DCMAKE_C_COMPILER_ARG1=cc",
      "-DCMAKE_CXX_COMPILER=fencepost",
      "-DCMAKE_CXX_COMPILER_ARG1=c++",
      in: folder
    )
    try requireSuccess(of: "cmake", "--build", ".", in: folder)
    try expectRecordings(in: folder)
  }
}
