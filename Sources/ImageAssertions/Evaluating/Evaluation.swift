import PersistencyModel

/// The values of expressions on one crash image.
struct Evaluation<M: Medium> {
  typealias Value = UInt64

  var medium: M
  let base: UInt64
  let functions: [Function]
  /// Values of names without parameters: an image does not change while it is judged.
  private var known: [Value?]
  /// Frames of the calls under way, one after the other.
  private var slots: [Value] = []
  private var frame = 0
  private var depth = 0
  private var steps = 0
  /// Functions without parameters that the assertion looked at.
  private var looked: [Int] = []

  init(medium: M, base: UInt64, functions: [Function]) {
    self.medium = medium
    self.base = base
    self.functions = functions
    known = functions.map { _ in nil }
  }

  /// The named numbers that the last assertion looked at.
  var readings: [BrokenAssertion.Reading] {
    looked.compactMap { index in
      guard functions[index].type == .integer, let value = known[index] else { return nil }
      return BrokenAssertion.Reading(name: functions[index].name, value: value)
    }
  }

  /// Whether an assertion holds.
  enum Judgement {
    case holds
    /// It is false, or has no value for that reason.
    case broken(EvaluationFailure?)
  }

  mutating func judge(_ body: AssertionBody) -> Judgement {
    slots = [Value](repeating: 0, count: body.slotCount)
    frame = 0
    depth = 0
    steps = 0
    looked = []
    do throws(EvaluationFailure) {
      let holds = try value(of: body.expression) != 0
      return holds ? .holds : .broken(nil)
    } catch {
      return .broken(error)
    }
  }

  mutating func value(of expression: Expression) throws(EvaluationFailure) -> Value {
    steps += 1
    depth += 1
    defer { depth -= 1 }
    guard depth <= EvaluationFailure.deepest else { throw .tooDeep }
    guard steps <= EvaluationFailure.mostSteps else { throw .tooLong }
    switch expression {
    case .constant(let value): return value
    case .local(let slot): return slots[frame + slot]
    case .load(let size, let address): return try load(try value(of: address), size: size)
    case .not(let operand): return try value(of: operand) ^ 1
    case .negation(let operand): return 0 &- (try value(of: operand))
    case .complement(let operand): return ~(try value(of: operand))
    case .binary(let operation, let left, let right): return try value(left, operation, right)
    case .condition(let condition, let chosen, let other):
      return try value(of: try value(of: condition) != 0 ? chosen : other)
    case .binding(let slot, let bound, let body):
      slots[frame + slot] = try value(of: bound)
      return try value(of: body)
    case .call(let function, let arguments): return try call(function, arguments)
    case .repetition(let repetition): return try value(of: repetition)
    case .crc32c(let address, let length):
      return try checksum(try value(of: address), length: try value(of: length))
    case .matches(let address, let bytes): return try matches(try value(of: address), bytes)
    }
  }

  /// Stops at the first operand that decides: what is not needed is not loaded.
  private mutating func value(
    _ left: Expression,
    _ operation: BinaryOperator,
    _ right: Expression
  ) throws(EvaluationFailure) -> Value {
    let first = try value(of: left)
    switch operation {
    case .and where first == 0: return 0
    case .or where first != 0: return 1
    case .implies where first == 0: return 1
    default: return try operation.apply(first, try value(of: right))
    }
  }

  private mutating func call(
    _ index: Int,
    _ arguments: [Expression]
  ) throws(EvaluationFailure) -> Value {
    let function = functions[index]
    if arguments.isEmpty {
      if !looked.contains(index) { looked.append(index) }
      if let value = known[index] { return value }
    }
    var values: [Value] = []
    for argument in arguments { values.append(try value(of: argument)) }
    let outer = (frame: frame, count: slots.count)
    frame = outer.count
    slots += values
    slots += repeatElement(0, count: function.slotCount - values.count)
    defer {
      frame = outer.frame
      slots.removeLast(slots.count - outer.count)
    }
    let value = try value(of: function.body)
    if arguments.isEmpty { known[index] = value }
    return value
  }

  /// Puts an element where the body of a repetition looks for it.
  mutating func set(slot: Int, to value: Value) { slots[frame + slot] = value }
}
