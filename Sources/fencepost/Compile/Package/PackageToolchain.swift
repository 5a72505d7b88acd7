import Foundation

/// The compilers that SwiftPM is told to use: a directory that looks like the toolchain, most of it links to that.
///
/// A compiler finds its libraries beside itself, so that a command of ours elsewhere would find none.
struct PackageToolchain {
  private let toolchain: String
  private let directory: String
  /// Tells this command, recorder and toolchain from others.
  private let fingerprint: String

  private static let prefix = "fencepost-toolchain-"

  /// The compiler that the driver calls for each job.
  private var frontend: String { "\(directory)/usr/bin/swift-frontend" }
  /// The compiler of C and C++: SwiftPM wants it to be one word.
  private var compiler: String { "\(directory)/usr/bin/fencepost-cc" }

  /// Plans a directory in `scratch`.
  init(swift: String, recorder: CompiledRecorder, scratch: String) throws {
    toolchain = try Self.toolchain(of: swift)
    fingerprint = [Self.command, recorder.linkedObject, toolchain].map(Self.fingerprint)
      .joined(separator: "_")
    directory = "\(scratch)/\(Self.prefix)\(fingerprint)"
  }

  /// What SwiftPM is to tell the driver of Swift.
  ///
  /// The path of the compiler makes SwiftPM build anew where it is another; the driver, which keeps what it compiled,
  /// asks about conditions only.
  var options: [String] {
    ["-driver-use-frontend-path", frontend, "-DFENCEPOST_\(fingerprint)"]
      .flatMap { ["-Xswiftc", $0] }
  }

  /// Makes it, where it is not there.
  func make() throws {
    let manager = FileManager.default
    do {
      try removeOthers()
      try manager.createDirectory(atPath: "\(directory)/usr/bin", withIntermediateDirectories: true)
      try link(entriesOf: "usr", but: ["bin"])
      try link(entriesOf: "usr/bin", but: ["swift-frontend"])
      try write(["frontend", "\(toolchain)/usr/bin/swift-frontend"], to: frontend)
      try write(["cc"], to: compiler)
    } catch {
      throw ToolFailure.inputOutput("\(directory): cannot be made: \(error.localizedDescription)")
    }
  }

  /// What SwiftPM and the compilers are to find in their environment.
  func variables(_ environment: [String: String]) -> [String: String] {
    var variables = ["CC": compiler]
    let own = "\(toolchain)/usr/bin/clang"
    if environment["FENCEPOST_CC"] == nil, RecorderTool.isFile(own) {
      variables["FENCEPOST_CC"] = own
    }
    return variables
  }

  /// Removes what was made for another command or toolchain.
  private func removeOthers() throws {
    let scratch = (directory as NSString).deletingLastPathComponent
    let own = (directory as NSString).lastPathComponent
    for name in (try? FileManager.default.contentsOfDirectory(atPath: scratch)) ?? []
    where name.hasPrefix(Self.prefix) && name != own {
      try FileManager.default.removeItem(atPath: "\(scratch)/\(name)")
    }
  }

  private func link(entriesOf folder: String, but others: Set<String>) throws {
    let manager = FileManager.default
    for name in try manager.contentsOfDirectory(atPath: "\(toolchain)/\(folder)")
    where !others.contains(name) {
      let path = "\(directory)/\(folder)/\(name)"
      guard (try? manager.destinationOfSymbolicLink(atPath: path)) == nil else { continue }
      try manager.createSymbolicLink(
        atPath: path,
        withDestinationPath: "\(toolchain)/\(folder)/\(name)"
      )
    }
  }

  /// Writes a script that calls this command with words in front.
  private func write(_ words: [String], to path: String) throws {
    guard !RecorderTool.isFile(path) else { return }
    let quoted = ([Self.command] + words).map { "'\($0.replacing("'", with: "'\\''"))'" }
    let script = "#!/bin/sh\nexec \(quoted.joined(separator: " ")) \"$@\"\n"
    try Data(script.utf8).write(to: URL(filePath: path), options: .atomic)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  /// This command.
  private static var command: String {
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return own ?? CommandLine.arguments[0]
  }

  /// Tells a file from others, and from the one that was there before.
  private static func fingerprint(_ path: String) -> String {
    var status = stat()
    // SAFETY: the structure outlives the call, which alone writes it.
    guard unsafe stat(path, &status) == 0 else { return "0" }
    let time = UInt64(bitPattern: Int64(status.st_mtim.tv_sec)) &* 1_000_000_000
    return String(time &+ UInt64(status.st_mtim.tv_nsec) &+ UInt64(status.st_ino), radix: 36)
  }

  /// The directory above the `usr` of a `swift` command, which may be a manager of several toolchains.
  private static func toolchain(of swift: String) throws -> String {
    struct Information: Decodable {
      struct Paths: Decodable { var runtimeResourcePath: String }
      var paths: Paths
    }
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: swift)
    process.arguments = ["-print-target-info"]
    process.standardOutput = pipe
    guard (try? process.run()) != nil else {
      throw ToolFailure.inputOutput("\(swift): cannot be started")
    }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard let found = try? JSONDecoder().decode(Information.self, from: data),
      case let root = (1...3).reduce(
        found.paths.runtimeResourcePath,
        { path, _ in
          (path as NSString).deletingLastPathComponent
        }
      ), RecorderTool.isFile("\(root)/usr/bin/swift-frontend")
    else { throw ToolFailure.inputOutput("\(swift): does not say where its toolchain is") }
    return root
  }
}
