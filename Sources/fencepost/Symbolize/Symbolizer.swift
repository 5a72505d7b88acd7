import Foundation

/// An instruction, as a place in the file that it was loaded from.
struct CodePlace: Hashable {
  /// Path of the program or library.
  var module: String
  /// Its build id in hexadecimal, where it has one.
  var buildID: String?
  /// Address that the file itself gives the instruction.
  var offset: UInt64

  /// What is said where nothing more is known: `module+0xOFFSET`.
  var text: String {
    "\((module as NSString).lastPathComponent)+0x\(String(offset, radix: 16))"
  }
}

/// Functions and lines of instructions, by llvm-symbolizer or addr2line, whichever is there.
///
/// What they find is taken as it is: names of C++ and Swift are written as their programmers do.
struct Symbolizer {
  private let command: [String]?
  private let demangler: String?
  private let environment: [String: String]
  private let files: SymbolFiles

  /// Places that are asked for at once: they are arguments of a command.
  private static let most = 1000

  /// Looks for the commands in `PATH`; `FENCEPOST_SYMBOLIZER` names another, "none" for none.
  init(environment: [String: String], files: SymbolFiles = SymbolFiles()) {
    self.files = files
    let wanted = environment["FENCEPOST_SYMBOLIZER"].map { [$0] }
    let found = (wanted ?? ["llvm-symbolizer", "addr2line"]).lazy
      .compactMap { RecorderTool.path(of: $0, environment) }.first
    // Both then print a line for the address, and two for each frame.
    command = found.map { path in
      let isAddr2line = (path as NSString).lastPathComponent.hasSuffix("addr2line")
      return [path, "-a", "-f", "-i", "-C"] + (isAddr2line ? [] : ["--output-style=GNU"])
    }
    demangler = RecorderTool.path(of: "swift-demangle", environment)
    // Nothing is asked of the network.
    self.environment = environment.filter { $0.key != "DEBUGINFOD_URLS" }
  }

  /// Whether there is a command that resolves places.
  var isAvailable: Bool { command != nil }

  /// The frames of each place, innermost first.
  ///
  /// Each is `function (file:line)`, inlined ones before those that they are inlined into. A place of which nothing is known has one frame, `module+0xOFFSET`.
  func frames(of places: [CodePlace]) -> [CodePlace: [String]] {
    var frames: [CodePlace: [SymbolFrame]] = [:]
    let modules = Dictionary(grouping: Set(places)) { ModuleName(path: $0.module, id: $0.buildID) }
    for (module, places) in modules.sorted(by: { $0.key.path < $1.key.path }) {
      guard let file = files.path(of: module.path, buildID: module.id) else { continue }
      let sorted = places.sorted { $0.offset < $1.offset }
      for start in stride(from: 0, to: sorted.count, by: Self.most) {
        let part = sorted[start..<min(start + Self.most, sorted.count)]
        for (place, found) in zip(part, resolve(part.map(\.offset), in: file)) {
          frames[place] = found
        }
      }
    }
    let names = demangled(frames.values.flatMap { $0.map(\.function) })
    return Dictionary(
      uniqueKeysWithValues: Set(places).map { place in
        let texts = (frames[place] ?? []).compactMap { $0.text(names) }
        return (place, texts.isEmpty ? [place.text] : texts)
      }
    )
  }

  private func resolve(_ offsets: [UInt64], in file: String) -> [[SymbolFrame]] {
    guard let command else { return [] }
    let words = command + ["-e", file] + offsets.map { "0x" + String($0, radix: 16) }
    return SymbolFrame.read(output(of: words) ?? "")
  }

  private func demangled(_ names: [String]) -> [String: String] {
    let mangled = Set(names.filter { $0.hasPrefix("$s") || $0.hasPrefix("$S") }).sorted()
    var known: [String: String] = [:]
    guard let demangler else { return known }
    for start in stride(from: 0, to: mangled.count, by: Self.most) {
      let part = mangled[start..<min(start + Self.most, mangled.count)]
      let text = output(of: [demangler, "--compact", "--simplified"] + part) ?? ""
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      for (name, line) in zip(part, lines) where !line.isEmpty { known[name] = String(line) }
    }
    return known
  }

  private func output(of words: [String]) -> String? {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}

private struct ModuleName: Hashable {
  var path: String
  var id: String?
}

/// A function and where in its source, as addr2line prints them on two lines.
struct SymbolFrame {
  var function: String
  var place: String

  /// Reads what was printed for several addresses: a line for each address, then its frames.
  static func read(_ text: String) -> [[SymbolFrame]] {
    var all: [[SymbolFrame]] = []
    var function: String?
    for line in text.split(separator: "\n") {
      if line.hasPrefix("0x"), line.dropFirst(2).allSatisfy(\.isHexDigit) {
        all.append([])
        function = nil
      } else if let name = function, !all.isEmpty {
        all[all.count - 1].append(SymbolFrame(function: name, place: String(line)))
        function = nil
      } else {
        function = String(line)
      }
    }
    return all
  }

  /// `function (file:line)`; without what is not known, `nil` where nothing is.
  func text(_ names: [String: String]) -> String? {
    let known = names[function] ?? function
    let line = place.range(of: " (discriminator").map { String(place[..<$0.lowerBound]) } ?? place
    let file = (line as NSString).lastPathComponent
    let hasFile = !file.hasPrefix("?")
    let hasLine = hasFile && !file.hasSuffix(":?") && !file.hasSuffix(":0")
    if known == "??" { return hasLine ? file : nil }
    return hasLine ? "\(known) (\(file))" : known
  }
}
