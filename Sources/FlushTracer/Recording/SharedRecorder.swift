internal import Glibc
public import PersistencyModel
internal import Synchronization

// SAFETY: `recorder`, `stacks` and what they refer to are used only while `lock` is held; `key` never changes.
/// A recorder for several threads, which it serialises: executing and recording are one step under a lock.
///
///     shared.use { $0.store(UInt64(1), at: 0) }
///     shared.use { $0.clwb(at: 0) }
///
/// The order of the trace is therefore an order in which every line saw its events. One `use` for each
/// event leaves the threads free to interleave between events; several events in one `use` stay together.
/// Threads are numbered from 0 in the order of their first use; a thread that ends takes its number along.
/// The lock itself is not recorded and orders nothing in the trace.
public final class SharedRecorder: @unchecked Sendable {
  private let recorder: Recorder
  private let lock = Mutex<Void>(())
  private let key: pthread_key_t?
  private var stacks: [Range<UInt64>] = []

  /// A recorder of `stack` from now on; the parameters are those of `Recorder`.
  ///
  /// Stack and sink belong to the recorder until it has finished.
  public init(
    _ stack: DeviceStack,
    router: Router = .correct,
    sites: SiteDepth = .returnAddress,
    sink: any ChunkSink
  ) {
    recorder = Recorder(stack, router: router, sites: sites, sink: sink)
    var made = pthread_key_t()
    // SAFETY: the key outlives the call; it has no destructor.
    key = unsafe pthread_key_create(&made, nil) == 0 ? made : nil
  }

  deinit { if let key { pthread_key_delete(key) } }

  /// Lets the calling thread use the recorder alone; `body` must not keep it.
  @inline(never) public func use<Result>(_ body: (Recorder) throws -> Result) rethrows -> Result {
    try lock.withLock { _ in
      enter()
      return try body(recorder)
    }
  }

  /// Ends the recording, as `Recorder.finish` does, once no thread uses it any more.
  public func finish() throws(TracerError) -> RecordingSummary {
    do { return try lock.withLock { _ in try recorder.finish() } } catch let error as TracerError {
      throw error
    } catch {
      throw TracerError(.sink(error))
    }
  }

  /// Makes the calling thread the one whose events follow.
  private func enter() {
    guard let key else { return unsafe recorder.core.pointee.fail(TracerError(.tooManyThreads)) }
    // SAFETY: the key's value is a number one above the thread's, never a pointer that is followed.
    let known = unsafe Int(bitPattern: pthread_getspecific(key))
    let number = known > 0 ? known - 1 : enroll(key)
    unsafe recorder.core.pointee.thread = ThreadID(number)
    unsafe recorder.core.pointee.book.stack = stacks[number]
  }

  private func enroll(_ key: pthread_key_t) -> Int {
    guard stacks.count <= Int(Event.maximumThread) else {
      unsafe recorder.core.pointee.fail(TracerError(.tooManyThreads))
      return Int(Event.maximumThread)
    }
    stacks.append(SiteBook.currentStack())
    // SAFETY: as above.
    unsafe pthread_setspecific(key, UnsafeRawPointer(bitPattern: stacks.count))
    return stacks.count - 1
  }
}
