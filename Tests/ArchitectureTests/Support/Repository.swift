import Foundation
import Testing

/// The files of this repository, read once for all rules; nothing built, nothing hidden but `.ci`.
enum Repository {
  /// The directory that holds `Package.swift`.
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Paths of all files from the root, sorted.
  static let paths: [String] =
    ["Sources", "Tests", "scripts", "docs", "traces", ".ci"]
    .flatMap(files(under:)).sorted() + topLevel

  /// Every file that people write: sources, scripts, documents.
  ///
  /// Recorded data is not among them.
  static let written: [SourceFile] = paths.filter(isWritten).compactMap(read)

  /// Swift sources under `Sources` and `Tests`.
  static let swift: [SourceFile] = written.filter { $0.fileExtension == "swift" }

  /// Swift sources of the product.
  static let product: [SourceFile] = swift.filter { $0.path.hasPrefix("Sources/") }

  /// The Markdown documents.
  static let markdown: [SourceFile] = written.filter { $0.fileExtension == "md" }

  /// A file by its path.
  static func read(_ path: String) -> SourceFile? {
    guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8) else {
      return nil
    }
    return SourceFile(path: path, text: text)
  }

  /// Whether there is a file or directory at a path from the root.
  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).standardized.path)
  }

  private static let topLevel: [String] = contents(of: "").filter { name in
    !name.hasPrefix(".") && !isDirectory(name)
  }

  private static func files(under path: String) -> [String] {
    contents(of: path).flatMap { name in
      isDirectory("\(path)/\(name)") ? files(under: "\(path)/\(name)") : ["\(path)/\(name)"]
    }
  }

  private static func contents(of path: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: root.appending(path: path).path
    )
    return (names ?? []).sorted()
  }

  private static func isDirectory(_ path: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: root.appending(path: path).path
    )
    return attributes?[.type] as? FileAttributeType == .typeDirectory
  }

  private static func isWritten(_ path: String) -> Bool {
    let file = SourceFile(path: path, text: "")
    let extensions: Set<Substring> = ["", "swift", "c", "h", "md", "modulemap", "sh"]
    return extensions.contains(file.fileExtension)
      && (!path.hasPrefix("traces/") || file.fileExtension == "md")
  }
}

/// Fails once for each breach, with its place.
func expectNone(_ breaches: [Breach]) {
  for breach in breaches { Issue.record(Comment(rawValue: breach.description)) }
}
