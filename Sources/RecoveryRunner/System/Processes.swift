internal import CProcess
internal import Glibc

/// Strings as C wants them: an array of pointers with a null at its end.
// SAFETY: the pointers are this object's own and leave it only for the length of a call.
@safe final class CStringArray {
  fileprivate let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ strings: [String]) {
    count = strings.count
    // SAFETY: there is room for each string and the null.
    unsafe pointers = .allocate(capacity: count + 1)
    for (index, string) in strings.enumerated() { unsafe pointers[index] = strdup(string) }
    unsafe pointers[count] = nil
  }

  deinit {
    // SAFETY: nobody refers to the strings any more.
    for index in 0..<count { unsafe free(pointers[index]) }
    unsafe pointers.deallocate()
  }
}

/// A process to be started.
struct ProcessPlan {
  var path: String
  var arguments: CStringArray
  var environment: CStringArray
  /// Our descriptors and their numbers in the new process; all others are closed.
  var descriptors: [(ours: Int32, theirs: Int32)]
  var addressSpace: UInt64 = 0
  var diesWithUs = true

  /// Starts it; the process number, or the negated errno.
  func start() -> Int32 {
    let flat = descriptors.flatMap { [$0.ours, $0.theirs] }
    // SAFETY: the plan and what it points to live until the call returns, when the new process has
    // memory of its own.
    return unsafe path.withCString { path in
      unsafe flat.withUnsafeBufferPointer { flat in
        var plan = unsafe cprocess_plan(
          path: path,
          arguments: arguments.pointers,
          environment: environment.pointers,
          descriptors: flat.baseAddress,
          descriptor_pairs: Int32(descriptors.count),
          address_space: addressSpace,
          dies_with_us: diesWithUs ? 1 : 0
        )
        return unsafe cprocess_spawn(&plan)
      }
    }
  }
}

/// Waits for a child and reaps it; its wait status, -1 if it is not ours.
func reap(_ process: Int32) -> Int32 {
  var status: Int32 = 0
  while true {
    // SAFETY: the status outlives the call.
    let result = unsafe waitpid(process, &status, 0)
    if result == process { return status }
    if result < 0, errno != EINTR { return -1 }
  }
}

/// Sends SIGKILL to a process and its group.
func killGroup(_ process: Int32) {
  kill(-process, SIGKILL)
  kill(process, SIGKILL)
}

/// The ending that a wait status stands for.
func outcomeEnding(ofWaitStatus status: Int32) -> RecoveryOutcome.Ending {
  let signal = status & 0x7f
  if signal != 0 { return .killed(signal: signal) }
  let code = (status >> 8) & 0xff
  return code == 0 ? .good : .bad(status: code)
}

/// Everything this process's children leave behind, once it adopts orphans.
struct Descendants {
  private let list: Descriptor?

  /// The children of the calling thread.
  init() { list = try? openFile("/proc/thread-self/children", O_RDONLY) }

  /// Kills and reaps every child that is not spared, and their descendants.
  func end(sparing spared: Int32? = nil) {
    while true {
      let children = current().filter { $0 != spared }
      if children.isEmpty { return }
      for child in children { killGroup(child) }
      for child in children { _ = reap(child) }
    }
  }

  private func current() -> [Int32] {
    guard let list else { return [] }
    lseek(list.raw, 0, SEEK_SET)
    return readToEnd(list).split(separator: UInt8(ascii: " ")).compactMap { number in
      Int32(String(decoding: number, as: UTF8.self))
    }
  }
}

/// The rest of a file or stream.
func readToEnd(_ file: Descriptor) -> [UInt8] {
  var result: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while true {
    // SAFETY: the array has room for its own count.
    let count = unsafe read(file.raw, &chunk, chunk.count)
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { return result }
    result.append(contentsOf: chunk[..<count])
  }
}
