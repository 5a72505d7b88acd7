import Foundation

/// A folder of a known defect: a recording with it, one without it, and what must hold in every crash state.
enum DefectFolder {
  /// A trace to compare on.
  struct Member {
    let trace: String
    /// The folder's assertions, where it has any.
    let assertions: String?
  }

  /// The traces that an argument stands for: itself, or those of a folder.
  static func members(of path: String) throws -> [Member] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      return [Member(trace: path, assertions: nil)]
    }
    let folder = path.hasSuffix("/") ? path : path + "/"
    let assertions = names.contains("recovery.assert") ? folder + "recovery.assert" : nil
    let found = ["bug.trace", "fixed.trace"].filter(names.contains)
    guard !found.isEmpty else {
      throw ToolFailure.malformed("\(path): a folder without bug.trace and fixed.trace")
    }
    return found.map { Member(trace: folder + $0, assertions: assertions) }
  }
}

extension CheckCommand {
  /// The same command on one of several traces; a folder's assertions count where no recovery is named.
  func on(_ member: DefectFolder.Member) -> CheckCommand {
    var command = self
    command.input.trace = member.trace
    if recovering.kinds.isEmpty { command.recovering.assert = member.assertions }
    return command
  }
}
