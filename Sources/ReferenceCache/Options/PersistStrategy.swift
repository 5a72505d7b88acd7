/// How bytes are made durable.
public enum PersistStrategy: String, Hashable, Sendable, CaseIterable {
  /// Non-temporal stores for metadata and data: what the kernel does where `memcpy_flushcache` is
  /// `movnti` throughout.
  case nonTemporal
  /// Cached stores, then a flush request for the range just stored, where the kernel's copy would have
  /// written back; the fences are at the same places.
  case cachedWithFlushRequests
  /// What the kernel does on a processor with `clflushopt` (dm-writecache reference 2.0 and 6.5): metadata by
  /// non-temporal stores; blocks of 768 bytes and more by cached stores, each 64-byte line written back
  /// at once by the instruction, past any router; smaller blocks by non-temporal stores.
  case kernelMixed
}

/// What opening does where magic and version are 0.
public enum BlankDevicePolicy: Hashable, Sendable {
  /// Format it, as the kernel's constructor does.
  case format
  /// Refuse it (`Refusal.blank`).
  case refuse
}

/// Who starts write-back.
public enum WriteBackPolicy: Hashable, Sendable {
  /// Watermarks and age do, at the end of the request (or the tick) that finds them passed; the request
  /// returns when nothing is under write-back any more.
  case automatic
  /// The caller does, by `startWriteBack(limit:)` and `completeWriteBack()` or by `writeBack()`. A full cache
  /// writes back all the same: a write never fails for want of a block.
  case manual
}
