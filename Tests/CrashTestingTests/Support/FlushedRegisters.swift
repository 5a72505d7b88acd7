import CrashTesting
import FlushTracer
import PersistencyModel

/// Two numbers on lines of their own, durable at the next flush; the smallest system with a volatile cache.
struct FlushedRegisters: CrashTestable {
  enum Operation: Hashable {
    case set(UInt64, UInt64)
    case flush
  }

  enum Defect: CaseIterable {
    /// A flush has no fence.
    case noFence
    /// Only register 0 is flushed.
    case forgetsOne
    /// Setting a register goes through a wrong value first.
    case wrongValueFirst
  }

  final class System {
    var medium: RecordedMedium
    init(_ medium: RecordedMedium) { self.medium = medium }
  }

  var defect: Defect?
  let memory = TestMemory(bytes: 128)
  let model = RegisterModel<Operation, UInt64, UInt64> { operation in
    switch operation {
    case .set(let register, let value): .write([register: value], .none)
    case .flush: .flush
    }
  }

  func create(on medium: RecordedMedium) -> System { System(medium) }
  func reopen(on medium: RecordedMedium) -> System { System(medium) }

  func apply(_ operation: Operation, to system: inout System) {
    switch operation {
    case .set(let register, let value):
      if defect == .wrongValueFirst { system.medium.store(UInt64(99), at: Int(register) * 64) }
      system.medium.store(value, at: Int(register) * 64)
    case .flush:
      system.medium.writeBackLine(at: 0)
      if defect != .forgetsOne { system.medium.writeBackLine(at: 64) }
      if defect != .noFence { system.medium.fence() }
    }
  }

  func observe<M: Medium>(_ medium: M) -> [UInt64: UInt64] {
    var medium = medium
    var shown: [UInt64: UInt64] = [:]
    for register in 0..<2 as Range<UInt64> {
      let value = medium.load64(at: Int(register) * 64)
      if value != 0 { shown[register] = value }
    }
    return shown
  }

  /// Everything that may be done: a value of its own for each step.
  static func choices(_ step: Int) -> [Operation] {
    [.set(0, UInt64(step + 1)), .set(1, UInt64(step + 1)), .flush]
  }
}
