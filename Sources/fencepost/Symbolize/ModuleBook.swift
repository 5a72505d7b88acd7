import Foundation

/// Programs and libraries that places are in: their paths and build ids by file name.
///
/// In a trace's header each is a build id, or `-` for none, and a path.
struct ModuleBook {
  /// A program or library.
  struct Module: Hashable {
    var path: String
    var buildID: String?
  }

  private var modules: [String: Module] = [:]

  /// No modules.
  init() {}

  /// The modules of a trace's header.
  init(buildIDs: [String]) {
    for line in buildIDs {
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard words.count == 2 else { continue }
      let module = Module(path: words[1], buildID: words[0] == "-" ? nil : words[0])
      modules[Self.name(words[1]), default: module] = module
    }
  }

  /// Adds a file, whose build id is read.
  mutating func add(path: String) {
    let name = Self.name(path)
    guard modules[name] == nil else { return }
    modules[name] = Module(path: path, buildID: ELFNotes(path: path)?.buildID)
  }

  /// The lines of a trace's header.
  var buildIDs: [String] {
    modules.values.sorted { $0.path < $1.path }.map { "\($0.buildID ?? "-") \($0.path)" }
  }

  /// The module of a file name; one of which nothing is known is its name alone.
  func module(_ name: String) -> Module { modules[name] ?? Module(path: name) }

  private static func name(_ path: String) -> String { (path as NSString).lastPathComponent }
}
