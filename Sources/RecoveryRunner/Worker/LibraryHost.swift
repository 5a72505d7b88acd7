internal import CProcess
internal import Glibc

/// The process in which a library is called: does as little as possible beside it, and trusts it with nothing.
struct LibraryHost {
  private let library: LibraryChecker
  private let state: WorkerState
  private let batch: SharedMemory
  private let channel: Channel
  private let environment = HostEnvironment()

  init(_ library: LibraryChecker, _ state: WorkerState, batch: SharedMemory, channel: Channel) {
    self.library = library
    self.state = state
    self.batch = batch
    self.channel = channel
  }

  /// Loads the library and runs batches until the worker ends this process.
  func serve() -> Never {
    becomeHost()
    _ = cprocess_forks()
    // SAFETY: a null is checked.
    guard let canary = unsafe cprocess_fork_canary() else { _exit(hostLostItsFiles) }
    let function = load()
    function.reportFaults(to: state.board)
    if let track = state.track { function.introduce(to: track) }
    answer(HostReply.Code.done, position: 0)
    while let request = channel.receive(initial: HostRequest(position: 0, end: 0)) {
      var reader = CommandReader(batch, position: Int(request.position), end: Int(request.end))
      let code = execute(&reader, function) {
        // SAFETY: the page stays mapped; it reads 0 in a copy of this process that the library made.
        unsafe canary.pointee == 1
      }
      answer(code, position: reader.position)
    }
    _exit(0)
  }

  private func becomeHost() {
    setpgid(0, 0)
    _ = cprocess_die_with_parent()
    cprocess_default_signals()
    let output = state.output.writeEnd
    // A library that prints faster than anybody reads loses output, it does not wait.
    makeNonBlocking(output)
    dup2(output.raw, 1)
    dup2(output.raw, 2)
    if let null = try? openFile("/dev/null", O_RDONLY) { dup2(null.raw, 0) }
    close(RecoveryWorker.controlDescriptor)
    if state.settings.memoryLimit > 0 {
      _ = cprocess_limit(state.settings.memoryLimit + addressSpaceInUse())
    }
  }

  private func load() -> LibraryFunction {
    do throws(LibraryFunction.Failure) {
      return try LibraryFunction(library, image: state.images.images[0])
    } catch {
      switch error {
      case .notLoadable(let text): refuse(HostReply.Code.notLoadable, text)
      case .noSymbol(let text): refuse(HostReply.Code.noSymbol, text)
      case .noImage(let code): refuse(HostReply.Code.notLoadable, errorText(code))
      }
    }
  }

  private func refuse(_ code: UInt32, _ text: String) -> Never {
    state.board.output = Array(text.utf8)
    answer(code, position: 0)
    _exit(0)
  }

  private func answer(_ code: UInt32, position: Int) {
    fflush(nil)
    guard channel.send(HostReply(code: code, position: UInt64(position))) else {
      _exit(hostLostItsFiles)
    }
  }

  /// Runs until the end or until something needs the worker's attention.
  private func execute(
    _ reader: inout CommandReader,
    _ function: LibraryFunction,
    isOriginal: () -> Bool
  ) -> UInt32 {
    var shown = -1
    while let command = reader.next() {
      switch command {
      case .patch(let image, let offset, let words): patch(image, offset, words)
      case .keepMarks(let count): state.marks.keep(count)
      case .appendMark(let text): state.marks.append(text)
      case .run:
        showMarks(since: &shown)
        if isWatching { state.images.settle() }
        state.track?.begin(state.images.images)
        state.track?.follow()
        let value = function.call()
        state.track?.unfollow()
        guard isOriginal() else { _exit(0) }
        state.board.append(RecoveryOutcome(value == 0 ? .good : .bad(status: value)))
        if let code = attention() { return code }
      case .text, .number: preconditionFailure("Settings come first")
      }
    }
    return hasChildren ? HostReply.Code.hasStrays : HostReply.Code.done
  }

  /// With no child left the call fails.
  private var hasChildren: Bool { waitpid(-1, nil, WNOHANG) >= 0 }

  /// Memory that can only be read needs no watching.
  private var isWatching: Bool { library.form == .path }

  private func patch(_ image: Int, _ offset: Int, _ words: SIMD8<UInt64>) {
    do { try state.images.patch(image: image, at: offset, words) } catch { _exit(hostLostItsFiles) }
  }

  /// Whether the worker has to look after the run that just ended.
  private func attention() -> UInt32? {
    // What a host that was lost has mapped is not known: the next one begins anew.
    if state.track?.isLost == true { return HostReply.Code.hasStrays }
    if isWatching || cprocess_forks() != 0, hasChildren { return HostReply.Code.hasStrays }
    guard isWatching else { return nil }
    let suspect = state.images.mayBeTouched() || state.images.isHeldOpen()
    return suspect ? HostReply.Code.suspectsWrite : nil
  }

  private func showMarks(since shown: inout Int) {
    guard shown != state.marks.version else { return }
    shown = state.marks.version
    guard let (entries, inFile) = try? state.marks.variables() else { _exit(hostLostItsFiles) }
    if inFile { state.board.note(.marksPassedInFile) }
    environment.show(entries)
  }

  /// Bytes of address space this process has before the library is loaded.
  private func addressSpaceInUse() -> UInt64 {
    guard let file = try? openFile("/proc/self/statm", O_RDONLY) else { return 0 }
    let pages = readToEnd(file).split(separator: UInt8(ascii: " ")).first ?? []
    return (UInt64(String(decoding: pages, as: UTF8.self)) ?? 0) * 4096
  }
}

/// Variables that change often: the C library never frees what `setenv` was given.
// SAFETY: a string is freed only after the environment has been given another.
@safe private final class HostEnvironment {
  // SAFETY: an empty dictionary holds no pointer.
  private var held: [String: UnsafeMutablePointer<CChar>] = unsafe [:]

  /// Sets `NAME=value`, unsets `NAME`.
  func show(_ entries: [String]) {
    for entry in entries {
      let name = String(entry.prefix { $0 != "=" })
      // SAFETY: what was held is freed once the environment no longer refers to it.
      let old = unsafe held.removeValue(forKey: name)
      if name == entry { unsafe unsetenv(name) } else { hold(name, entry) }
      unsafe free(old)
    }
  }

  private func hold(_ name: String, _ entry: String) {
    // SAFETY: a null is checked; the copy lives until it is replaced.
    guard let copy = unsafe strdup(entry) else { return }
    unsafe putenv(copy)
    unsafe held[name] = copy
  }
}
