import Glibc

/// A measured quantity: median, lowest and highest of several rounds, and what is aimed at.
struct BenchResult {
  var name: String
  var unit: String
  /// Values of the rounds, ascending.
  var values: [Double]
  var goal: Double?
  var note = ""

  /// The round in the middle.
  var median: Double { values[values.count / 2] }

  /// One line for people.
  var line: String {
    let numbers = [median, values[0], values[values.count - 1]].map(shown)
    var text =
      "\(name): \(numbers[0]) \(unit) (\(numbers[1]) to \(numbers[2]), \(values.count) rounds)"
    if let goal { text += ", goal \(shown(goal))" }
    return text + (note.isEmpty ? "" : ", \(note)")
  }

  /// The same with a remark.
  func noting(_ note: String) -> BenchResult {
    var copy = self
    copy.note = note
    return copy
  }

  /// Amounts a second, of processor time: `body` returns the amount of one round.
  static func rates(
    _ name: String,
    _ unit: String,
    _ rounds: Int,
    goal: Double? = nil,
    _ body: () throws -> Double
  ) rethrows -> BenchResult {
    let values = try (0..<rounds).map { _ in
      let start = processorSeconds()
      let amount = try body()
      return amount / (processorSeconds() - start)
    }
    return BenchResult(name: name, unit: unit, values: values.sorted(), goal: goal)
  }

  /// Seconds of processor time.
  static func seconds(_ name: String, _ rounds: Int, _ body: () throws -> Void) rethrows
    -> BenchResult
  {
    let values = try (0..<rounds).map { _ in
      let start = processorSeconds()
      try body()
      return processorSeconds() - start
    }
    return BenchResult(name: name, unit: "s", values: values.sorted())
  }

  /// Processor time of this process, which other load on the machine disturbs least.
  static func processorSeconds() -> Double {
    var time = timespec()
    // SAFETY: the call fills the structure that it is given.
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private func shown(_ value: Double) -> String {
    if value >= 1000 { return grouped(Int(value.rounded())) }
    let scaled = (value * 10_000).rounded() / 10_000
    return "\(scaled)"
  }

  private func grouped(_ value: Int) -> String {
    let digits = Array(String(value))
    return digits.indices.reduce(into: "") { text, index in
      if index > 0 && (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digits[index])
    }
  }
}
