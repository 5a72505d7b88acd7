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
  ///   - comparisons: what to compare files with by path, where that is not the file.
  /// - Throws: where the recording is malformed, or a file cannot be read or written.
  init(
    _ text: RecordingText,
    to path: String,
    comparisons: [String: RecordedProcesses.Comparison] = [:]
  ) throws {
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
    if !conversion.isStopped { try compare(text.files, with: memory, comparisons) }
    try ToolFailure.translating { try writer.finish(isComplete: isComplete) }
    for (file, image) in initial { try keep(image, ofFile: file) }
    if !conversion.reads.isEmpty { try findRaces() }
  }

  /// Whether a verdict on the trace is one on what the process did.
  private var isComplete: Bool {
    !conversion.isStopped && differences.isEmpty && !conversion.text.isUncompiled
      && conversion.text.files.allSatisfy(\.isRead)
  }

  private mutating func findRaces() throws {
    let trace = try ToolFailure.translating { try TraceReader.trace(path).trace }
    let found = RaceSearch.races(in: trace, reads: conversion.reads)
    races = found.map(RaceText(trace: trace).sentence)
  }

  /// Every byte of the files must be explained by what they held first and by the stores.
  private mutating func compare(
    _ files: [RecordingText.File],
    with memory: ReplayMemory,
    _ comparisons: [String: RecordedProcesses.Comparison]
  ) throws {
    for (number, file) in files.enumerated() where file.size > 0 {
      var final = file.path
      var other: Int?
      switch comparisons[file.path] {
      case .nothing: continue
      case .image(let path, let process): (final, other) = (path, process)
      case .file(let process): other = process
      case nil: break
      }
      guard FileManager.default.isReadableFile(atPath: final), final.hasPrefix("/") else {
        unverified.append("\(file.path): is not there to be compared with the recording")
        continue
      }
      let layout = conversion.layout
      let difference = try memory.firstDifference(
        from: final,
        at: layout.begins[number],
        size: layout.sizes[number]
      )
      guard let difference else { continue }
      differences.append(sentence(of: difference, in: file.path, before: other))
    }
  }

  private func sentence(
    of byte: UInt64,
    in path: String,
    before process: Int?
  ) -> String {
    // A store is recorded after it was made: a kill may come between.
    let kill = conversion.text.hasEnded ? "" : ", or the program was killed right after a store"
    let reason =
      process.map { "process \($0) stored to the file too, in an order that is not known" }
      ?? "something else wrote to the file, or it was truncated\(kill)"
    return "\(path): byte \(byte) is not what the recording explains: \(reason); "
      + "the trace is marked as not complete"
  }

  /// Puts an initial image beside the trace.
  private mutating func keep(_ image: String, ofFile file: Int) throws {
    guard let device = conversion.layout.deviceName(ofFile: file) else { return }
    let target = "\(RecordOutput.stem(of: path)).\(device).initial"
    try InitialImage.keep(image, as: target)
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
