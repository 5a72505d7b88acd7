internal import CProcess
internal import Glibc

/// The function of a library under check, ready to be called.
// SAFETY: only `call` uses the pointers, which are valid as long as the process.
@safe enum LibraryFunction {
  case path(@convention(c) (UnsafePointer<CChar>) -> Int32, UnsafePointer<CChar>)
  case pointer(@convention(c) (UnsafeRawPointer, Int) -> Int32, UnsafeRawPointer, Int)

  /// Why a function is not to be had, with the dynamic linker's words.
  enum Failure: Error {
    case notLoadable(String)
    case noSymbol(String)
    case noImage(Int32)
  }

  /// Loads the library and finds the function, which is to check the image.
  init(_ library: LibraryChecker, image: ImageFile) throws(Failure) {
    // SAFETY: the handle is never closed, so the symbol stays; its type is what the user declared.
    guard let handle = unsafe dlopen(library.path, RTLD_NOW | RTLD_LOCAL) else {
      throw .notLoadable(Self.linkerText())
    }
    guard let symbol = unsafe dlsym(handle, library.symbol) else {
      throw .noSymbol(Self.linkerText())
    }
    switch library.form {
    case .path:
      // The path is never freed: the library may keep it.
      guard let path = unsafe strdup(image.path) else { throw .noImage(ENOMEM) }
      self = unsafe .path(
        unsafeBitCast(symbol, to: (@convention(c) (UnsafePointer<CChar>) -> Int32).self),
        path
      )
    case .pointer:
      let memory = unsafe try Self.readOnly(image)
      self = unsafe .pointer(
        unsafeBitCast(symbol, to: (@convention(c) (UnsafeRawPointer, Int) -> Int32).self),
        memory,
        image.size
      )
    }
  }

  /// What the function returns for the image as it is now.
  func call() -> Int32 {
    // SAFETY: nothing is known of the library; that is why this process is not the runner's.
    switch self {
    case .path(let function, let path): unsafe function(path)
    case .pointer(let function, let memory, let size): unsafe function(memory, size)
    }
  }

  /// Lets the board know of faults inside the image.
  func reportFaults(to board: ResultBoard) {
    guard case .pointer(_, let memory, let size) = self else { return }
    // SAFETY: both mappings live as long as the process.
    _ = unsafe cprocess_report_faults(
      memory,
      size,
      board.memory.counter(at: ResultBoard.faultOffset)
    )
  }

  /// Lets the tracker know of the image that is mapped.
  func introduce(to track: TrackBoard) {
    guard case .pointer(_, let memory, let size) = self else { return }
    // SAFETY: the mapping lives as long as the process.
    unsafe track.know(memory, size: size)
  }

  /// The image as memory of a description that was opened for reading, so that no `mprotect` makes it
  /// writable; with a page that cannot be touched on either side.
  private static func readOnly(_ image: ImageFile) throws(Failure) -> UnsafeRawPointer {
    let page = 4096
    let size = max(image.size, 1)
    let room = (size + page - 1) / page * page + 2 * page
    guard let file = try? openFile(image.path, O_RDONLY) else { throw .noImage(errno) }
    // SAFETY: the second mapping replaces the inner part of the first one, which is ours.
    let guarded = unsafe mmap(nil, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let guarded = unsafe guarded, unsafe guarded != MAP_FAILED else { throw .noImage(errno) }
    let mapped = unsafe mmap(
      guarded + page,
      size,
      PROT_READ,
      MAP_SHARED | MAP_FIXED,
      file.raw,
      0
    )
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { throw .noImage(errno) }
    return UnsafeRawPointer(mapped)
  }

  private static func linkerText() -> String {
    // SAFETY: dlerror returns null or a valid C string.
    unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason given"
  }
}
