internal import CProcess

/// A limit that can be waited for beside other events; no clock is read.
struct Timer {
  let descriptor: Descriptor

  init() throws(RecoveryRunnerError) {
    descriptor = try Descriptor(cprocess_timer(), call: "timerfd_create")
  }

  /// Becomes readable after that many nanoseconds; 0 disarms it.
  func arm(_ nanoseconds: UInt64) { _ = cprocess_arm(descriptor.raw, nanoseconds) }
}
