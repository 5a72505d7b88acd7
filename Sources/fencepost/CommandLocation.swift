import Foundation

/// Where this command is: its parts are found from there, so that it may be installed anywhere.
enum CommandLocation {
  /// The directory of the running executable, links followed.
  static var directory: String {
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return ((own ?? CommandLine.arguments[0]) as NSString).deletingLastPathComponent
  }
}
