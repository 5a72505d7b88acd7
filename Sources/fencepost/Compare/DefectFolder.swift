import Foundation

/// A folder of a known defect: a recording with it, one without it, and what recovery must find.
enum DefectFolder {
  /// The traces that an argument stands for: itself, or those of a folder.
  static func traces(in path: String) throws -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      return [path]
    }
    let found = ["bug.trace", "fixed.trace"].filter(names.contains).map { path + "/" + $0 }
    guard !found.isEmpty else {
      throw ToolFailure.malformed("\(path): a folder without bug.trace and fixed.trace")
    }
    return found
  }
}
