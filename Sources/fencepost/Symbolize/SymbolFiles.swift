import Foundation

/// Where functions and lines of programs and libraries are looked for.
struct SymbolFiles {
  /// Programs, libraries and files of debug information that were named.
  var objects: [String] = []
  /// Directories of debug information, with files such as `.build-id/1f/03ab.debug`.
  var directories = ["/usr/lib/debug"]

  /// The file to ask about a module.
  ///
  /// A module without a build id is known by its name alone.
  ///
  /// - Parameters:
  ///   - module: path of the module.
  ///   - id: its build id in hexadecimal, where it has one.
  /// - Returns: what was named for it, its separate debug information, or itself where it is still what
  ///   ran; `nil` for none.
  func path(of module: String, buildID id: String?) -> String? {
    if let named = objects.first(where: { matches($0, module, id) }) { return named }
    if let id, let separate = separate(id) { return separate }
    guard let own = ELFNotes(path: module), own.buildID == id else { return nil }
    return module
  }

  private func matches(_ object: String, _ module: String, _ id: String?) -> Bool {
    guard let notes = ELFNotes(path: object) else { return false }
    guard let id else { return Self.name(object) == Self.name(module) }
    return notes.buildID == id
  }

  private func separate(_ id: String) -> String? {
    guard id.count > 2 else { return nil }
    return directories.map { "\($0)/.build-id/\(id.prefix(2))/\(id.dropFirst(2)).debug" }
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  private static func name(_ path: String) -> String { (path as NSString).lastPathComponent }
}
