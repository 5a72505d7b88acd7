internal import CProcess
internal import Glibc

/// Mapped memory of fixed size with checked accesses; shared between processes when it has a descriptor.
// SAFETY: every access is checked against the size, and the mapping lives as long as the object.
@safe final class SharedMemory {
  let size: Int
  let descriptor: Descriptor?
  private let base: UnsafeMutableRawPointer

  /// A new memory file that a child can be given.
  convenience init(named name: String, size: Int) throws(RecoveryRunnerError) {
    // SAFETY: the name is a valid C string for the length of the call.
    let raw = unsafe cprocess_memory_file(name, UInt64(size))
    let descriptor = try Descriptor(raw, call: "memfd_create")
    try self.init(of: descriptor, size: size)
  }

  /// Private memory of zeros.
  convenience init(privateSize size: Int) throws(RecoveryRunnerError) {
    try self.init(mapping: size, descriptor: nil, flags: MAP_PRIVATE | MAP_ANONYMOUS)
  }

  /// The memory file behind a descriptor.
  convenience init(of descriptor: Descriptor, size: Int) throws(RecoveryRunnerError) {
    try self.init(mapping: size, descriptor: descriptor, flags: MAP_SHARED)
  }

  private init(mapping size: Int, descriptor: Descriptor?, flags: Int32) throws(RecoveryRunnerError)
  {
    self.size = size
    self.descriptor = descriptor
    // SAFETY: a new mapping at an address the kernel chooses overlaps nothing.
    let mapped = unsafe mmap(
      nil,
      max(size, 1),
      PROT_READ | PROT_WRITE,
      flags,
      descriptor?.raw ?? -1,
      0
    )
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
      throw RecoveryRunnerError(.systemCall("mmap"), errno: errno)
    }
    unsafe base = mapped
  }

  deinit {
    // SAFETY: nobody refers to the mapping any more.
    unsafe munmap(base, max(size, 1))
  }

  /// The value at an offset, aligned or not.
  func load<Value: BitwiseCopyable>(_ type: Value.Type = Value.self, at offset: Int) -> Value {
    check(offset, MemoryLayout<Value>.size)
    // SAFETY: the range was checked.
    return unsafe base.loadUnaligned(fromByteOffset: offset, as: type)
  }

  /// Stores a value at an offset, aligned or not.
  func store<Value: BitwiseCopyable>(_ value: Value, at offset: Int) {
    check(offset, MemoryLayout<Value>.size)
    // SAFETY: the range was checked.
    unsafe base.storeBytes(of: value, toByteOffset: offset, as: Value.self)
  }

  /// The 8-byte aligned counter at an offset as another process last published it.
  func observe(at offset: Int) -> UInt64 {
    // SAFETY: the counter is inside the mapping.
    unsafe cprocess_observe(counter(at: offset))
  }

  /// Stores the counter after everything stored before.
  func publish(_ value: UInt64, at offset: Int) {
    // SAFETY: the counter is inside the mapping.
    unsafe cprocess_publish(counter(at: offset), value)
  }

  /// The address of the counter at an offset, for a signal handler.
  @unsafe func counter(at offset: Int) -> UnsafeMutablePointer<UInt64> {
    check(offset, 8)
    // SAFETY: the range was checked, offsets of counters are multiples of 8.
    return unsafe (base + offset).assumingMemoryBound(to: UInt64.self)
  }

  /// Copies bytes to an offset.
  func copyIn(_ bytes: [UInt8], at offset: Int) {
    check(offset, bytes.count)
    // SAFETY: the range was checked.
    unsafe bytes.withUnsafeBytes { source in
      if let address = source.baseAddress { unsafe memcpy(base + offset, address, source.count) }
    }
  }

  /// The bytes of a range.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    check(range.lowerBound, range.count)
    // SAFETY: the range was checked.
    return unsafe Array(UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
  }

  /// Writes a range of this memory to the same offset of a file; the errno, 0 for success.
  func write(_ range: Range<Int>, to file: Descriptor) -> Int32 {
    check(range.lowerBound, range.count)
    var offset = range.lowerBound
    while offset < range.upperBound {
      // SAFETY: the range was checked.
      let count = unsafe pwrite(file.raw, base + offset, range.upperBound - offset, offset)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return errno }
      offset += count
    }
    return 0
  }

  /// Whether a file has the same bytes as this memory in a range; `scratch` is at least as long.
  func matches(_ range: Range<Int>, of file: Descriptor, scratch: SharedMemory) -> Bool {
    check(range.lowerBound, range.count)
    precondition(scratch.size >= range.count, "The scratch memory holds the range")
    // SAFETY: both ranges were checked.
    guard unsafe pread(file.raw, scratch.base, range.count, range.lowerBound) == range.count else {
      return false
    }
    return unsafe memcmp(scratch.base, base + range.lowerBound, range.count) == 0
  }

  private func check(_ offset: Int, _ count: Int) {
    precondition(
      offset >= 0 && count >= 0 && offset <= size - count,
      "An access is inside its memory"
    )
  }
}
