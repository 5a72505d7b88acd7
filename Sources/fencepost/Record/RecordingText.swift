import Foundation

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
  /// The frames of each site, innermost first; the first site is number 1.
  private(set) var sites: [[String]] = []
  /// Where each site is, where frames are still to be found.
  private(set) var places: [Int: CodePlace] = [:]
  /// Which recorder it was.
  private(set) var recorder = RecorderKind.valgrind
  /// Whether it mapped persistent memory without any part that the compiled recorder could see.
  private(set) var isUncompiled = false
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
    case ("site", 3...) where Int(words[1]) == sites.count + 1: takeSite(Array(words[2...]))
    case ("recorder", 2): recorder = RecorderKind(rawValue: words[1]) ?? .valgrind
    case ("module", 6): return takeModule(words)
    case ("uncompiled", 1): isUncompiled = true
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

  private mutating func takeSize(_ words: [String]) -> Bool {
    guard let file = Int(words[1]), files.indices.contains(file), let size = UInt64(words[2]),
      size <= UInt64(Int64.max)
    else { return false }
    files[file].size = size
    return true
  }

  /// Loaded programs and libraries, the last one first where several were at an address.
  private var modules: [(range: Range<UInt64>, bias: UInt64, id: String?, path: String)] = []

  private mutating func takeModule(_ words: [String]) -> Bool {
    guard let begin = UInt64(words[1], radix: 16), let end = UInt64(words[2], radix: 16),
      let bias = UInt64(words[3], radix: 16), begin <= end
    else { return false }
    let id = words[4] == "-" ? nil : words[4]
    modules.insert((begin..<end, bias, id, words[5]), at: 0)
    return true
  }

  /// A frame that is only an address is still to be looked up.
  private mutating func takeSite(_ frames: [String]) {
    sites.append(frames)
    guard frames.count == 1, frames[0].hasPrefix("0x"),
      let address = UInt64(frames[0].dropFirst(2), radix: 16),
      let module = modules.first(where: { $0.range.contains(address) })
    else { return }
    places[sites.count - 1] = CodePlace(
      module: module.path,
      buildID: module.id,
      offset: address &- module.bias
    )
  }

  /// Finds functions and lines of sites that are only places.
  mutating func resolveSites(with symbolizer: Symbolizer) {
    guard !places.isEmpty else { return }
    let found = symbolizer.frames(of: Array(places.values))
    for (site, place) in places {
      let offset = String(place.offset, radix: 16)
      sites[site] = (found[place] ?? [place.text]).map { "0x\(offset): \($0)" }
    }
  }
}

/// The recorders.
enum RecorderKind: String {
  case valgrind
  case compiled
}
