/// A crash image as it is before the first change.
public struct RecoveryImage: Hashable, Sendable {
  /// What `{NAME}` in an argument refers to; the file itself is named by the runner.
  public var name: String
  /// Its content.
  public var bytes: [UInt8]

  /// An image.
  public init(name: String = "image", bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

/// Limits within which checkers are run, and where.
public struct RecoverySettings: Hashable, Sendable {
  /// Nanoseconds after which a run is killed and `timedOut`; a library may get a quarter more.
  public var timeLimit: UInt64 = 10_000_000_000
  /// Bytes of address space a checker may have; for a library in addition to what the worker has.
  public var memoryLimit: UInt64?
  /// Bytes of a run's output that are kept, at most 64 KiB.
  public var outputBound = 4096
  /// Directories in which the images may be kept, tried in order; memory first.
  public var places: [String]
  /// The program that is started with the argument `--recovery-worker` and then calls `RecoveryWorker.main`.
  public var worker = "/proc/self/exe"
  /// The library preloaded for the fork server; `nil`: `libfencepost-forkserver.so` beside the running
  /// program or in `../lib`.
  public var forkServerLibrary: String?

  /// The defaults: ten seconds, no memory limit, images in `/dev/shm`, else in `TMPDIR`, else in `/tmp`.
  public init() {
    places = ["/dev/shm", environmentValue("TMPDIR") ?? "/tmp", "/tmp"]
  }

  /// A time limit in milliseconds.
  public mutating func limitTime(milliseconds: UInt64) { timeLimit = milliseconds * 1_000_000 }
}
