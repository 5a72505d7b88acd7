import Foundation

/// The library that is preloaded to count calls of libpmem.
struct ProfileLibrary {
  let path: String

  private static let file = "profile/libfencepost-profile.so"

  /// Looks for it where the recorder is: see `RecorderTool`.
  ///
  /// - Throws: a sentence with what to build.
  static func find(_ environment: [String: String]) throws -> ProfileLibrary {
    let places = RecorderTool.directories(environment).map { "\($0)/\(file)" }
    guard let path = places.first(where: FileManager.default.fileExists(atPath:)) else {
      throw ToolFailure.inputOutput(
        "the library that counts calls was not found; build it with `make recorder`; looked for "
          + places.joined(separator: ", ")
      )
    }
    guard !path.contains(where: { $0 == " " || $0 == ":" }) else {
      throw ToolFailure.inputOutput(
        "\(path): cannot be preloaded, since there is a space or a colon in its path"
      )
    }
    return ProfileLibrary(path: path)
  }

  /// The variables of the program, which is to find persistent memory where a recorded one would.
  func variables(_ environment: [String: String], directory: String) -> [String: String] {
    let preloaded = [path] + (environment["LD_PRELOAD"].map { [$0] } ?? [])
    return environment.merging([
      "LD_PRELOAD": preloaded.joined(separator: ":"), "FENCEPOST_PROFILE": directory,
      "PMEM_IS_PMEM_FORCE": "1", "PMEM_NO_FLUSH": "0",
    ]) { $1 }
  }
}
