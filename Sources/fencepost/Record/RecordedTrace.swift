import Checker
import Foundation
import PersistencyModel
import TraceFormat

/// A trace that was written from a recording, its initial images beside it, and what is to be said of it.
struct RecordedTrace {
  /// Where the trace is.
  let path: String
  let conversion: RecordingConversion
  /// `DEVICE=IMAGE` for each device that was not all zeros.
  private(set) var initialImages: [String] = []
  /// Sentences about files that the recording does not explain.
  private(set) var differences: [String] = []
  /// Sentences about persistency races, where reads were recorded.
  private(set) var races: [String] = []
  /// Sentences about files that could not be compared.
  private(set) var unverified: [String] = []

  /// Converts the recording of one process, and compares what it explains with the files.
  ///
  /// - Parameters:
  ///   - text: what the recorder tells of the process.
  ///   - path: the trace to write.
  ///   - isAlone: whether no other process was recorded: several may have stored to one file.
  /// - Throws: where the recording is malformed, or a file cannot be read or written.
  init(_ text: RecordingText, to path: String, isAlone: Bool) throws {
    self.path = path
    var conversion = RecordingConversion(text)
    let memory = try ReplayMemory(size: conversion.layout.space.end)
    var initial: [(file: Int, image: String)] = []
    for file in text.files.indices where text.files[file].size > 0 {
      let image = "\(text.prefix).initial.\(file)"
      let size = conversion.layout.sizes[file]
      if try memory.load(image, at: conversion.layout.begins[file], limit: size) {
        initial.append((file, image))
      }
    }
    var writer = try ToolFailure.translating { try TraceWriter(path: path) }
    try ToolFailure.translating { try conversion.send(to: &writer, replaying: memory) }
    self.conversion = conversion
    if isAlone { try compare(text.files, with: memory) }
    try ToolFailure.translating {
      try writer.finish(isComplete: !conversion.isStopped && differences.isEmpty)
    }
    for (file, image) in initial { try keep(image, ofFile: file) }
    if !conversion.reads.isEmpty { try findRaces() }
  }

  private mutating func findRaces() throws {
    let trace = try ToolFailure.translating { try TraceReader.trace(path).trace }
    let found = RaceSearch.races(in: trace, reads: conversion.reads)
    races = found.map(RaceText(trace: trace).sentence)
  }

  /// Every byte of the files must be explained by what they held first and by the stores.
  private mutating func compare(_ files: [RecordingText.File], with memory: ReplayMemory) throws {
    for (number, file) in files.enumerated() where file.size > 0 {
      guard FileManager.default.isReadableFile(atPath: file.path), file.path.hasPrefix("/") else {
        unverified.append("\(file.path): is not there to be compared with the recording")
        continue
      }
      let layout = conversion.layout
      let difference = try memory.firstDifference(
        from: file.path,
        at: layout.begins[number],
        size: layout.sizes[number]
      )
      guard let difference else { continue }
      // A store is recorded after it was made: a kill may come between.
      let kill = conversion.text.hasEnded ? "" : ", or the program was killed right after a store"
      differences.append(
        "\(file.path): byte \(difference) is not what the recording explains: something else wrote "
          + "to the file, or it was truncated\(kill); the trace is marked as not complete"
      )
    }
  }

  /// Moves an initial image beside the trace.
  private mutating func keep(_ image: String, ofFile file: Int) throws {
    guard let device = conversion.layout.deviceName(ofFile: file) else { return }
    let target = "\(RecordOutput.stem(of: path)).\(device).initial"
    // SAFETY: both strings outlive the call.
    guard unsafe rename(image, target) == 0 else {
      throw ToolFailure.inputOutput("\(target): cannot be given its name: errno \(errno)")
    }
    initialImages.append("\(device)=\(target)")
  }
}

/// The names of what a recording writes.
enum RecordOutput {
  /// The path without the extensions of traces.
  static func stem(of path: String) -> String {
    let plain = path.hasSuffix(".zst") ? String(path.dropLast(4)) : path
    return (plain as NSString).deletingPathExtension
  }

  /// The path of the trace of another process than the first.
  static func path(_ path: String, ofProcess process: Int, image: Int) -> String {
    let stem = stem(of: path)
    let number = image == 0 ? "\(process)" : "\(process).\(image)"
    return "\(stem)-\(number)\(path.dropFirst(stem.count))"
  }
}
