import ImageAssertions
import TestSupport

/// A medium of 256 bytes with some numbers of 8 bytes.
func image(_ words: [Int: UInt64] = [:], size: Int = 256) -> RecordingMedium {
  var medium = RecordingMedium(size: size)
  for (address, value) in words {
    for byte in 0..<8 {
      medium.bytes[address + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte))
    }
  }
  return medium
}

/// Whether one assertion holds, and why it has no value if it has none.
enum Answer: Equatable {
  case holds
  case isFalse
  case fails(EvaluationFailure)
}

/// The answer to an expression, perhaps with definitions before it.
func answer(
  _ expression: String,
  _ definitions: String = "",
  on medium: RecordingMedium = image()
) throws -> Answer {
  var medium = medium
  let file = try AssertionFile(
    parsing: "\(definitions)\ninvariant asked: \(expression)",
    file: "test"
  )
  guard let broken = file.broken(on: &medium).first else { return .holds }
  return broken.failure.map { .fails($0) } ?? .isFalse
}

/// The first addresses that an expression loads, in order.
func loads(_ expression: String, on medium: RecordingMedium = image()) throws -> [Int] {
  var medium = medium
  let file = try AssertionFile(parsing: "invariant asked: \(expression)", file: "test")
  _ = file.broken(on: &medium)
  return medium.loads.map(\.lowerBound)
}

/// The error that a text gives.
func refusal(_ text: String) -> String {
  do {
    _ = try AssertionFile(parsing: text, file: "a.assert")
    return "accepted"
  } catch {
    return error.description
  }
}
