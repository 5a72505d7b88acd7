/// A file of the repository: what every rule looks at.
struct SourceFile {
  /// Path from the root of the repository, with slashes.
  let path: String
  /// Everything in it.
  let text: String

  /// The lines, without their ends.
  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

  /// The name after the last slash.
  var name: Substring { path.split(separator: "/").last ?? "" }

  /// What follows the last dot of the name; empty for none.
  var fileExtension: Substring {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count > 1 ? parts[parts.count - 1] : ""
  }

  /// The target under `Sources` that the file belongs to; `nil` for another file.
  var target: String? {
    let parts = path.split(separator: "/")
    return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
  }
}

/// A place where a rule is broken.
struct Breach: Hashable, CustomStringConvertible {
  let path: String
  /// Counted from 1; 0 for the file as a whole.
  let line: Int
  let reason: String

  var description: String { "\(path):\(line): \(reason)" }
}

/// A rule is a function of one file.
typealias Rule = (SourceFile) -> [Breach]
