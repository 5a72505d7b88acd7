import Foundation
import PersistencyModel

/// The processes of a recording: the program itself, then the others that mapped persistent memory.
struct RecordedProcesses {
  /// What a file has to be compared with when a process's stores were applied.
  enum Comparison {
    /// The image of what another process found, which stored to the file next.
    case image(path: String, ofProcess: Int)
    /// The file as it is at the end; another process stored to it before.
    case file(sharedWith: Int)
    /// Nothing: others stored to the file, and this one did not.
    case nothing
  }

  let texts: [RecordingText]
  private let all: [RecordingText]

  /// Reads what a directory tells.
  ///
  /// - Parameters:
  ///   - directory: where the recorder wrote to.
  ///   - first: the program's process id; `nil` for the process whose parent was not recorded.
  /// - Throws: where there is no recording of the program.
  init(_ directory: String, first: Int?) throws {
    let names = try? FileManager.default.contentsOfDirectory(atPath: directory)
    all = try (names ?? []).filter { $0.hasSuffix(".meta") && !Self.isEmpty("\(directory)/\($0)") }
      .map { try RecordingText(prefix: "\(directory)/\($0.dropLast(5))") }
      .sorted { ($0.process, $0.image) < ($1.process, $1.image) }
    let recorded = Set(all.map(\.process))
    let root = first ?? all.first { !recorded.contains($0.parent) }?.process
    guard let main = all.first(where: { $0.process == root }) else {
      throw ToolFailure.inputOutput(
        "\(directory): the program was not started: nothing is recorded"
      )
    }
    let others = all.filter {
      $0.prefix != main.prefix && (!$0.files.isEmpty || $0.stopError != nil)
    }
    texts = main.files.isEmpty && !others.isEmpty ? others : [main] + others
  }

  /// Whether there was no room for a word about a process.
  private static func isEmpty(_ path: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.size] as? UInt64 ?? 0 == 0
  }

  /// Whether what a process became is recorded too.
  func isFollowed(_ text: RecordingText) -> Bool {
    all.contains { $0.process == text.process && $0.image == text.image + 1 }
  }

  /// For each process: what is compared by path, where that is not the file as it is at the end.
  ///
  /// Where two stored to one file by turns, what the first one's stores give is not what the next one found.
  ///
  /// - Throws: where a recording is malformed.
  func comparisons() throws -> [[String: Comparison]] {
    guard texts.count > 1 else { return texts.map { _ in [:] } }
    let stored = try texts.map { try $0.filesStoredTo() }
    return texts.indices.map { index in
      var comparisons: [String: Comparison] = [:]
      for other in texts.indices.reversed() where other != index {
        for (path, file) in stored[other] {
          let image = "\(texts[other].prefix).initial.\(file)"
          if stored[index][path] == nil {
            comparisons[path] = .nothing
          } else if other > index {
            comparisons[path] = .image(path: image, ofProcess: texts[other].process)
          } else if comparisons[path] == nil {
            comparisons[path] = .file(sharedWith: texts[other].process)
          }
        }
      }
      return comparisons
    }
  }
}

extension RecordingText {
  /// Which program of the process it is: 0 is the first, each exec counts on.
  var image: Int { Int(prefix.split(separator: ".").last ?? "") ?? 0 }

  /// Numbers of the files that the process stored to, by path.
  fileprivate func filesStoredTo() throws -> [String: Int] {
    var reader = try RecordReader(prefix: prefix)
    var found: [String: Int] = [:]
    while found.count < files.count, let record = try reader.read() {
      guard record.kind != .end, record.kind != .stopped else { break }
      guard record.kind.eventKind?.isStore == true, record.file < files.count else { continue }
      found[files[Int(record.file)].path] = Int(record.file)
    }
    return found
  }
}

extension RecordOutput {
  /// The path of the trace of another process than the first.
  static func path(_ path: String, of text: RecordingText) -> String {
    self.path(path, ofProcess: text.process, image: text.image)
  }
}
