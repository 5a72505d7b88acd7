import Foundation
import PersistencyModel

/// What the recorder wrote about one process: a line each, words separated by tabs.
///
/// The form is described in recorder/valgrind/STREAM.md.
struct RecordingText {
  /// A file that was mapped, or memory that is no file.
  struct File {
    var path: String
    /// Bytes of it that belong to the recording.
    var size: UInt64 = 0
    /// Whether all of its initial content could be read.
    var isRead = true
  }

  /// Path without the extension: that of the events and the initial images begins so.
  let prefix: String
  private(set) var process = 0
  private(set) var parent = 0
  private(set) var files: [File] = []
  /// The first site is number 1; frames without a line say where in which module their code is.
  private(set) var sites: [Site] = []
  /// Programs and libraries that the sites are in.
  private(set) var modules = ModuleBook()
  private var paths: [String] = []
  /// By address: the module, and the address that the module itself gives the code.
  private var codes: [UInt64: (module: String, offset: UInt64)] = [:]
  /// Address and first bytes of instructions that Valgrind does not know.
  private(set) var unknownInstructions: [String] = []
  /// The error number for which recording stopped.
  private(set) var stopError: Int32?
  /// Program that took the process's place.
  private(set) var successor: String?
  /// Whether the process made another one that was not recorded.
  private(set) var hasForked = false
  /// Whether the process came to its end by itself.
  private(set) var hasEnded = false

  /// Reads `PREFIX.meta`.
  init(prefix: String) throws {
    self.prefix = prefix
    let path = prefix + ".meta"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ToolFailure.inputOutput("\(path): cannot be read")
    }
    // The last line may be half of one where the process was killed.
    let lines = String(decoding: data, as: UTF8.self).split(
      separator: "\n",
      omittingEmptySubsequences: false
    ).dropLast()
    guard lines.first == "fencepost-recording\t1" else {
      throw ToolFailure.malformed("\(path): no recording, or one of another version")
    }
    for (number, line) in lines.enumerated().dropFirst() {
      let words = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard take(words) else {
        throw ToolFailure.malformed("\(path): line \(number + 1) says nothing known: \(line)")
      }
    }
  }

  /// What Valgrind said about itself where the process came to no end; empty lines and stacks left out.
  var complaints: [String] {
    guard !hasEnded else { return [] }
    let log = (prefix as NSString).deletingLastPathComponent + "/\(process).log"
    let data = FileManager.default.contents(atPath: log) ?? Data()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { line in
      line.range(of: "algrind: ").map { String(line[$0.upperBound...]) }
    }
  }

  /// Takes a line; false where it is none.
  private mutating func take(_ words: [String]) -> Bool {
    switch (words[0], words.count) {
    case ("process", 3):
      process = Int(words[1]) ?? 0
      parent = Int(words[2]) ?? 0
    case ("file", 3) where Int(words[1]) == files.count: files.append(File(path: words[2]))
    case ("size", 3): return takeSize(words)
    case ("unread", 2):
      guard let file = Int(words[1]), files.indices.contains(file) else { return false }
      files[file].isRead = false
    case ("site", 3...) where Int(words[1]) == sites.count + 1:
      sites.append(Site(frames: words[2...].map(frame)))
    case ("module", 3) where Int(words[1]) == paths.count: paths.append(words[2])
    case ("code", 4): return takeCode(words)
    case ("unknown", 3): unknownInstructions.append("\(words[1]): \(words[2])")
    case ("stopped", 2): stopError = Int32(words[1]) ?? 0
    case ("exec", 2): successor = words[1]
    case ("exec-failed", 1): successor = nil
    case ("forked", 1): hasForked = true
    case ("end", 2): hasEnded = true
    default: return false
    }
    return true
  }

  private mutating func takeCode(_ words: [String]) -> Bool {
    guard let address = Self.hexadecimal(words[1]), let offset = Self.hexadecimal(words[3]),
      let module = Int(words[2]), paths.indices.contains(module)
    else { return false }
    modules.add(path: paths[module])
    codes[address] = (paths[module], offset)
    return true
  }

  private static func hexadecimal(_ text: String) -> UInt64? {
    text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : nil
  }

  /// A frame of `0xADDRESS: TEXT`, where TEXT ends in `(FILE:LINE)`, or in `(in PATH)` where no line is known.
  private func frame(_ text: String) -> SiteFrame {
    guard let colon = text.firstIndex(of: ":"),
      let address = Self.hexadecimal(String(text[..<colon]))
    else { return SiteFrame(text: text) }
    let rest = String(text[text.index(after: colon)...].drop { $0 == " " })
    guard let code = codes[address] else { return SiteFrame(address: address, text: rest) }
    guard let end = rest.range(of: " (in ") ?? rest.range(of: "???") else {
      return SiteFrame(address: code.offset, text: rest)
    }
    let function = rest.hasPrefix("???") ? nil : String(rest[..<end.lowerBound])
    return SiteFrame(
      address: code.offset,
      text: UnresolvedFrame.text(function: function, module: code.module, offset: code.offset)
    )
  }

  private mutating func takeSize(_ words: [String]) -> Bool {
    guard let file = Int(words[1]), files.indices.contains(file), let size = UInt64(words[2]),
      size <= UInt64(Int64.max)
    else { return false }
    files[file].size = size
    return true
  }
}
