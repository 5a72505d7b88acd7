import PersistencyModel

/// Sizes that keep a litmus test small: lines are enumerated one by one, and a store is one event.
enum LitmusLimits {
  /// Most bytes of memory a test may name.
  static let memory: UInt64 = 1 << 16
  /// Most bytes of one store or variable.
  static let store = 1 << 12

  /// Throws unless `value` is in `range`.
  static func require<Number: Comparable>(
    _ what: String,
    _ value: Number?,
    in range: ClosedRange<Number>
  ) throws(LitmusError) {
    guard let value, !range.contains(value) else { return }
    throw LitmusError(
      description: "\(what) is \(value), outside \(range.lowerBound) to \(range.upperBound)"
    )
  }
}

extension LitmusTest {
  /// Throws where a place or size in the test is too large to be meant.
  func requireSmall() throws(LitmusError) {
    for (name, variable) in layout.sorted(by: { $0.key < $1.key }) {
      let what = "\(self.name): variable \(name)'s"
      try LitmusLimits.require(
        "\(what) line",
        variable.line,
        in: 0...(LitmusLimits.memory / CacheLine.size)
      )
      try LitmusLimits.require("\(what) offset", variable.off, in: 0...LitmusLimits.memory)
      try LitmusLimits.require("\(what) size", variable.size, in: 1...LitmusLimits.store)
    }
    for event in threads.joined() {
      let what = "\(name): the \(event.op)'s"
      try LitmusLimits.require("\(what) offset", event.off, in: 0...LitmusLimits.memory)
      try LitmusLimits.require("\(what) size", event.size, in: 1...LitmusLimits.store)
      try LitmusLimits.require("\(what) length", event.len, in: 0...Int(LitmusLimits.memory))
      try LitmusLimits.require("\(what) bytes", event.hex?.count, in: 1...(LitmusLimits.store * 2))
    }
  }
}

extension RandomTest {
  /// Throws where an event is outside the test's lines, or they are too many to be meant.
  func requireSmall() throws(LitmusError) {
    let what = "seed \(seed)"
    try LitmusLimits.require(
      "\(what): lines",
      lines,
      in: 1...(LitmusLimits.memory / CacheLine.size)
    )
    let size = lines * CacheLine.size
    try LitmusLimits.require(
      "\(what): digits of init",
      UInt64(`init`.utf8.count),
      in: (size * 2)...(size * 2)
    )
    for event in events {
      let length = UInt64(event.hex?.utf8.count ?? 0) / 2
      try LitmusLimits.require("\(what): an event's bytes", length, in: 0...size)
      try LitmusLimits.require(
        "\(what): an event's address",
        event.addr,
        in: 0...(size - max(length, 1))
      )
    }
  }
}
