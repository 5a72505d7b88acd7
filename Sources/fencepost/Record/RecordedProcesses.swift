import Foundation

/// The processes of a recording: the program itself, then the others that mapped persistent memory.
struct RecordedProcesses {
  let texts: [RecordingText]

  /// Reads what a directory tells.
  ///
  /// - Parameters:
  ///   - directory: where the recorder wrote to.
  ///   - first: the program's process id; `nil` for the process whose parent was not recorded.
  /// - Throws: where there is no recording of the program.
  init(_ directory: String, first: Int?) throws {
    let names = try? FileManager.default.contentsOfDirectory(atPath: directory)
    let all = try (names ?? []).filter { $0.hasSuffix(".meta") }
      .map { try RecordingText(prefix: "\(directory)/\($0.dropLast(5))") }
      .sorted { ($0.process, $0.image) < ($1.process, $1.image) }
    let recorded = Set(all.map(\.process))
    let root = first ?? all.first { !recorded.contains($0.parent) }?.process
    guard let main = all.first(where: { $0.process == root }) else {
      throw ToolFailure.inputOutput(
        "\(directory): the program was not started: nothing is recorded"
      )
    }
    let others = all.filter { $0.prefix != main.prefix && !$0.files.isEmpty }
    texts = main.files.isEmpty && !others.isEmpty ? others : [main] + others
  }
}

extension RecordingText {
  /// Which program of the process it is: 0 is the first, each exec counts on.
  var image: Int { Int(prefix.split(separator: ".").last ?? "") ?? 0 }
}

extension RecordOutput {
  /// The path of the trace of another process than the first.
  static func path(_ path: String, of text: RecordingText) -> String {
    self.path(path, ofProcess: text.process, image: text.image)
  }
}
