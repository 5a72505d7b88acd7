import CrashTesting
import FlushTracer
import PersistencyModel

/// A system of which a test says everything: one word at 0 that each operation sets, durably.
struct ScriptedSystem: CrashTestable {
  /// What is different from a right one.
  var stores: (inout RecordedMedium, UInt64) throws -> Void = { medium, value in
    medium.store(value, at: 0)
    medium.writeBackLine(at: 0)
    medium.fence()
  }
  var reopened: (inout RecordedMedium) throws -> Void = { _ in }
  var recovery = Recovery.reads
  let memory = TestMemory(bytes: 256)
  let model = PrefixModel<UInt64, UInt64>(0) { $0 = $1 }

  enum Recovery {
    /// Reads the word.
    case reads
    /// Counts at 64 how often it ran, and shows something else from the second time on.
    case counts
    /// Reads a line that it never wrote, of which every bit matters.
    case refusesOdd
  }

  struct Odd: Error {}

  func create(on medium: RecordedMedium) -> RecordedMedium { medium }
  func reopen(on medium: RecordedMedium) throws -> RecordedMedium {
    var medium = medium
    try reopened(&medium)
    return medium
  }
  func apply(_ value: UInt64, to medium: inout RecordedMedium) throws { try stores(&medium, value) }

  func observe<M: Medium>(_ medium: M) throws -> UInt64 {
    // A copy, as a recovered system that keeps its medium has one.
    var medium = medium
    let value = medium.load64(at: 0)
    if recovery == .refusesOdd && value % 2 == 1 { throw Odd() }
    guard recovery == .counts, value != 0 else { return value }
    let runs = medium.load64(at: 64)
    medium.store(runs + 1, at: 64)
    medium.writeBackLine(at: 64)
    medium.fence()
    return runs == 0 ? value : value + 1
  }
}
