internal import Glibc

/// The marks passed at the current crash point, and how a checker is told of them.
struct PassedMarks {
  /// One argument or variable of a new process is at most 32 pages long (`MAX_ARG_STRLEN`), NUL included.
  static let longestVariable = 131_072
  private static let marks = "FENCEPOST_MARKS"
  private static let markers = "PMREORDER_MARKERS"
  private static let file = "FENCEPOST_MARKS_FILE"
  static let names = [marks, markers, file]

  private var labels: [String] = []
  private let path: String
  /// Set when the kernel said that the environment is too long.
  private(set) var alwaysUsesFile = false
  /// Counts changes.
  private(set) var version = 0

  /// No marks; a file with them, if need be, gets that path.
  init(path: String) { self.path = path }

  mutating func keep(_ count: Int) {
    labels.removeLast(max(0, labels.count - count))
    version += 1
  }

  mutating func append(_ bytes: [UInt8]) {
    labels.append(String(decoding: bytes, as: UTF8.self))
    version += 1
  }

  /// Something may have happened to the file.
  mutating func invalidate() { version += 1 }

  mutating func useFileFromNowOn() {
    alwaysUsesFile = true
    version += 1
  }

  /// The variables to be set (`NAME=value`) or unset (`NAME`), and whether the marks are in a file.
  func variables() throws(RecoveryRunnerError) -> (entries: [String], inFile: Bool) {
    let text = labels.map(Self.escaped).joined(separator: "\n")
    let scopes = labels.filter { $0.hasSuffix(".BEGIN") || $0.hasSuffix(".END") }
      .map(Self.escaped).joined(separator: "|")
    let long = [(Self.marks, text), (Self.markers, scopes)].contains { name, value in
      name.utf8.count + value.utf8.count + 2 > Self.longestVariable
    }
    guard long || alwaysUsesFile else {
      return (["\(Self.marks)=\(text)", "\(Self.markers)=\(scopes)", Self.file], false)
    }
    try writeFile(text)
    return ([Self.marks, Self.markers, "\(Self.file)=\(path)"], true)
  }

  private func writeFile(_ text: String) throws(RecoveryRunnerError) {
    removeTree(path)
    let file = try openFile(path, O_WRONLY | O_CREAT | O_EXCL)
    guard writeAll(text.utf8, to: file) else {
      throw RecoveryRunnerError(.systemCall("write to \(path)"), errno: errno)
    }
  }

  /// Neither a line end nor a NUL inside a mark may end the line or the variable.
  private static func escaped(_ label: String) -> String {
    guard label.utf8.contains(where: { $0 == 10 || $0 == 0 }) else { return label }
    return label.reduce(into: "") { text, character in
      switch character {
      case "\n": text += "\\n"
      case "\0": text += "\\0"
      default: text.append(character)
      }
    }
  }
}
