import Checker
import PersistencyModel
import TestSupport

/// Crash during recovery, image by image: what recovery shows of everything that follows from an image.
struct InterruptedBruteForce {
  let program: StoringProgram
  let header: TraceHeader
  let options: ModelOptions
  /// Most images that may follow from one.
  static let limit = 300

  /// Images of which recovery was interrupted or run again, with what it shows of each; `nil` where they are
  /// too many.
  func reached(from image: [UInt8]) -> [[UInt8]: [UInt64]]? {
    var found: [[UInt8]: [UInt64]] = [:]
    var open = [image]
    while let next = open.popLast() {
      guard found[next] == nil else { continue }
      let run = program.run(on: next, header: header)
      found[next] = run.outcome
      guard found.count <= Self.limit else { return nil }
      guard let states = states(of: run.trace, from: next) else { return nil }
      open += states
    }
    return found
  }

  /// Whether recovery that is run undisturbed, again and again, changes memory for ever.
  func diverges(from image: [UInt8]) -> Bool {
    var seen: Set<[UInt8]> = []
    var image = image
    while seen.insert(image).inserted {
      let after = program.run(on: image, header: header).after
      if after == image { return false }
      image = after
    }
    return true
  }

  private func states(of trace: Trace, from image: [UInt8]) -> Set<[UInt8]>? {
    guard trace.events.contains(where: \.kind.isStore) else { return [] }
    let inside = CheckCase(recording: trace, from: image, options: options)
    guard let brute = BruteForce(inside) else { return nil }
    return Set(brute.points.flatMap { brute.states(at: $0).map(\.image) })
  }
}

extension CheckCase {
  /// What a recovery did, as a case of its own; the image's whole lines begin at address 0.
  fileprivate init(recording trace: Trace, from image: [UInt8], options: ModelOptions) {
    var lines: [UInt64: LineBytes] = [:]
    let memory = MemoryImage(bytes: image)
    for index in 0..<UInt64(image.count / 64) { lines[index] = memory[CacheLine(index: index)] }
    generated = GeneratedTrace(trace: trace, initial: lines)
    program = SmallProgram(steps: [])
    self.options = options
    initial = memory
  }
}
