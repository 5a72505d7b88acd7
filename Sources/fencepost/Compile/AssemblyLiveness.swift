/// Which registers somebody may still read, before and after each statement of a file.
struct AssemblyLiveness {
  private let before: [RegisterSet]
  private let after: [RegisterSet]

  /// What may be read before the statement with this number, or by it.
  func before(_ item: Int) -> RegisterSet { before[item] }

  /// What may be read after it.
  func after(_ item: Int) -> RegisterSet { after[item] }

  /// Finds the least solution; what is not known counts as read.
  init(_ file: AssemblyFile) {
    guard file.isCompiled else {
      // Who writes assembly text by hand need not do as compilers do.
      before = Array(repeating: .everything, count: file.items.count)
      after = before
      return
    }
    let steps = file.items.map(LivenessStep.init)
    var places: [String: Int] = [:]
    for (number, item) in file.items.enumerated() {
      for label in item.statement.labels { places[label] = number }
    }
    let targets = steps.map { step -> Int? in
      switch step.flow {
      case .branch(let label), .jump(let label): places[label]
      default: nil
      }
    }
    var before = [RegisterSet](repeating: [], count: steps.count + 1)
    before[steps.count] = .everything
    var after = [RegisterSet](repeating: [], count: steps.count)
    var hasChanged = true
    while hasChanged {
      hasChanged = false
      for number in steps.indices.reversed() {
        let step = steps[number]
        // What is in no line of this file is a function: the step reads its arguments.
        let there = targets[number].map { before[$0] } ?? (step.isLocal ? .everything : [])
        let out: RegisterSet =
          switch step.flow {
          case .next: before[number + 1]
          case .branch: before[number + 1].union(there)
          case .jump: there
          case .away: []
          }
        let into = out.subtracting(step.overwrites).union(step.reads)
        if into != before[number] || out != after[number] {
          hasChanged = true
          before[number] = into
          after[number] = out
        }
      }
    }
    self.before = before
    self.after = after
  }
}

/// A statement, as far as registers are concerned.
private struct LivenessStep {
  var reads: RegisterSet = []
  var overwrites: RegisterSet = []
  var flow = InstructionEffects.Flow.next

  /// Whether a jump has a label of this file alone.
  var isLocal: Bool {
    switch flow {
    case .branch(let label), .jump(let label): label.hasPrefix(".L")
    default: false
    }
  }

  private static let turns: Set = [
    ".section", ".text", ".data", ".bss", ".pushsection", ".popsection", ".previous", ".subsection",
    ".byte", ".long", ".quad", ".short", ".word", ".value", ".int", ".2byte", ".4byte", ".8byte",
    ".macro", ".rept", ".insn", ".include", ".if", ".else", ".endif",
  ]

  init(_ item: AssemblyFile.Item) {
    let statement = item.statement
    if statement.isInstruction, item.isCode {
      let effects = InstructionEffects(statement)
      (reads, overwrites, flow) = (effects.reads, effects.overwrites, effects.flow)
    } else if Self.turns.contains(statement.mnemonic) {
      // What the processor meets behind it is not what is written behind it.
      reads = .everything
    }
  }
}
