import CrashTesting
import FlushTracer
import PersistencyModel

/// A scripted system with something changed.
protocol CrashTestableBox: CrashTestable
where Operation == UInt64, System == RecordedMedium, Model == PrefixModel<UInt64, UInt64> {
  var base: ScriptedSystem { get }
}

extension CrashTestableBox {
  var memory: TestMemory { base.memory }
  var model: PrefixModel<UInt64, UInt64> { base.model }
  func create(on medium: RecordedMedium) throws -> RecordedMedium { base.create(on: medium) }
  func reopen(on medium: RecordedMedium) throws -> RecordedMedium { try base.reopen(on: medium) }
  func apply(_ value: UInt64, to medium: inout RecordedMedium) throws {
    try base.apply(value, to: &medium)
  }
  func observe<M: Medium>(_ medium: M) throws -> UInt64 { try base.observe(medium) }
}
