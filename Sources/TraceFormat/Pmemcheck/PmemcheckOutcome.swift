/// One process in a log, as the first pass finds it.
struct PmemcheckSection {
  /// The process id before START: after a fork, that of the parent.
  var startPID: UInt64?
  /// The process id of later lines, where there are any.
  var seenPID: UInt64?
  /// Byte after `START|`.
  var begin: UInt64
  /// Byte of STOP, or where the section breaks off.
  var end: UInt64 = 0
  /// Why it does not reach STOP.
  var damage: String?
  var registrations: [PmemcheckRegistration] = []
  var diagnostics = DiagnosticList()

  /// The process's own id, as far as the log shows it.
  var pid: UInt64? { seenPID ?? startPID }
  /// Whether another process's beginning was copied by fork.
  var isFork: Bool { seenPID != nil && startPID != nil && seenPID != startPID }
}

/// A REGISTER_FILE record.
struct PmemcheckRegistration: Hashable {
  var path: String
  var base: UInt64
  var size: UInt64
  var offset: UInt64
}
