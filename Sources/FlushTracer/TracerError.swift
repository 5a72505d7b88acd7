/// What the world refused the tracer, with the file and the errno where there are any.
public struct TracerError: Error {
  /// What went wrong.
  public enum Reason: Sendable {
    /// A file could not be created.
    case cannotCreate
    /// A file could not be opened and mapped.
    case cannotMap
    /// Mapped memory could not be written back to its medium.
    case cannotWriteBack
    /// A size that no file can have, in bytes.
    case sizeOutOfRange(UInt64)
    /// The file system has less room than the file needs, in bytes.
    case notEnoughSpace(needed: UInt64, free: UInt64)
    /// A device file ends before the device does: bytes needed, bytes there.
    case deviceTooShort(device: String, needed: UInt64, size: UInt64)
    /// The table has so many devices, but another number of files was given.
    case wrongNumberOfFiles(devices: Int, files: Int)
    /// The table leaves addresses below its end unmapped, the first of which is given.
    case unmappedAddress(UInt64)
    /// A segment or a device does not begin or end at a multiple of 64 bytes.
    case unalignedTable(UInt64)
    /// The device is asynchronous: durable only after a host flush request, which no instruction makes.
    case asynchronousDevice(String)
    /// The device is a disk, which is not mapped but written through `RecordedDisk`.
    case isADisk(String)
    /// The device of an origin is no disk.
    case notADisk(String)
    /// The file of a disk could not be opened.
    case cannotOpenDisk
    /// The file of a disk could not be read.
    case cannotReadDisk
    /// The file of a disk could not be written.
    case cannotWriteDisk
    /// The file of a disk could not be flushed.
    case cannotFlushDisk
    /// More than 4,096 threads made events.
    case tooManyThreads
    /// What was recorded does not lead from the initial to the final image.
    case mismatch(ImageMismatch)
    /// What was recorded does not lead from the initial to the final content of the disks.
    case diskMismatch(SectorMismatch)
    /// The sink of the recording failed.
    case sink(any Error)
  }

  /// What went wrong.
  public var reason: Reason
  /// The file, as the caller named it.
  public var path: String?
  /// What the system call left in `errno`.
  public var errno: Int32?

  /// An error.
  public init(_ reason: Reason, path: String? = nil, errno: Int32? = nil) {
    self.reason = reason
    self.path = path
    self.errno = errno
  }
}

/// Where memory first differs from what the recording says.
public struct ImageMismatch: Hashable, Sendable {
  /// The first address that differs.
  public var address: UInt64
  /// The device that holds it, by name.
  public var device: String
  /// Its byte on the device, counted from the device's start.
  public var offset: UInt64
  /// Bytes from there on as initial image and events give them, at most 16.
  public var recorded: [UInt8]
  /// The bytes that are in memory.
  public var found: [UInt8]
  /// How many bytes differ in all.
  public var count: Int
}
