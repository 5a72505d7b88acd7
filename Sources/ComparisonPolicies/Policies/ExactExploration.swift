import BigInt
import PersistencyModel

/// Every image that the model permits: the product of the lines' contents at each crash point that matters.
struct ExactExploration: ImageExploration {
  func explore(_ subject: PolicySubject, _ stream: ImageStream) {
    var sweep = CrashSweep(
      subject.trace,
      machine: subject.machine,
      boundaries: subject.boundaries
    )
    sweep.run { machine, point in
      for line in machine.takeChangedLines() { stream[line] = machine.space(of: line).visible }
      let spaces = machine.pendingLines.map { machine.space(of: $0) }
      stream.plan(Self.imageCount(spaces), at: point)
      if !stream.isStopped { tryAll(spaces, at: point, stream) }
      return true
    }
  }

  /// Images that the exact policy tries, each as often as a crash point has it.
  ///
  /// - Returns: their number; `nil` where a line has too many contents to list.
  static func plannedImages(_ subject: PolicySubject) -> BigUInt? {
    let stream = ImageStream(subject, limit: 0, reads: { nil }, visit: { _ in false })
    var sweep = CrashSweep(
      subject.trace,
      machine: subject.machine,
      boundaries: subject.boundaries
    )
    sweep.run { machine, point in
      stream.plan(imageCount(machine.pendingLines.map { machine.space(of: $0) }), at: point)
      return true
    }
    return stream.extent.planned
  }

  private static func imageCount(_ spaces: [LineSpace]) -> BigUInt? {
    spaces.reduce(BigUInt(1)) { product, space in
      product.flatMap { product in space.distinctContentCount().map { product * $0 } }
    }
  }

  private func tryAll(_ spaces: [LineSpace], at point: CrashPoint, _ stream: ImageStream) {
    let contents = spaces.map { $0.distinctContents() ?? [] }
    Combinations(contents.map(\.count)).forEach { digits in
      for (space, choice) in zip(spaces.indices, digits) {
        stream[spaces[space].line] = contents[space][choice]
      }
      stream.emit(at: point)
      return !stream.isStopped
    }
    for space in spaces { stream[space.line] = space.visible }
  }
}

/// Every combination of one number below each radix, the first position turning fastest.
struct Combinations {
  private let radices: [Int]

  /// Combinations; none where a radix is 0, one where there are no radices.
  init(_ radices: [Int]) { self.radices = radices }

  /// Calls `body` with each combination until it returns false.
  func forEach(_ body: ([Int]) -> Bool) {
    guard !radices.contains(0) else { return }
    var digits = radices.map { _ in 0 }
    while body(digits) {
      guard let turning = digits.indices.first(where: { digits[$0] + 1 < radices[$0] }) else {
        return
      }
      for index in 0..<turning { digits[index] = 0 }
      digits[turning] += 1
    }
  }
}
