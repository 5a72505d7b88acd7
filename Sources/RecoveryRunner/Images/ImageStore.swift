internal import CProcess
internal import Glibc

/// The crash images of a runner: patched line by line, and kept from what checkers do to them.
final class ImageStore {
  let directory: String
  private(set) var images: [ImageFile] = []
  private let scratch: SharedMemory
  private var watch: ImageWatch?
  private let watches: Bool

  /// Names in the directory that are not images and ours all the same.
  static let marksName = "marks"
  static let preloadName = "preload.so"

  /// The images of these sizes; they are watched unless nobody can get at them by name.
  init(directory: String, sizes: [Int], watches: Bool) throws(RecoveryRunnerError) {
    self.watches = watches
    self.directory = directory
    scratch = try SharedMemory(privateSize: 65_536)
    for (number, size) in sizes.enumerated() {
      images.append(
        try ImageFile(path: PrivateDirectory.imagePath(number, in: directory), size: size)
      )
    }
    startWatch()
  }

  var paths: [String] { images.map(\.path) }

  /// Whether writers are noticed without comparing.
  var isWatched: Bool { watch != nil || !watches }

  func patch(image: Int, at offset: Int, _ words: SIMD8<UInt64>) throws(RecoveryRunnerError) {
    try images[image].patch(at: offset, words)
  }

  /// Forgets reports of our own changes, just before a run.
  func settle() { _ = watch?.takeSuspicion() }

  /// Whether somebody may have written since `settle`.
  func mayBeTouched() -> Bool { watch?.takeSuspicion() ?? true }

  /// Whether somebody has an image open, and may write through a mapping unnoticed.
  func isHeldOpen() -> Bool { images.contains { cprocess_is_open_only_here($0.file.raw) == 0 } }

  /// Makes the directory and all images what they must be again; the most that had happened to an image.
  func restore() throws(RecoveryRunnerError) -> Restoration {
    // SAFETY: the path is a valid C string for the length of both calls.
    if unsafe mkdir(directory, 0o700) != 0 { unsafe chmod(directory, 0o700) }
    removeForeignEntries()
    var worst = Restoration.untouched
    for image in images { worst = max(worst, try image.restore(scratch: scratch)) }
    if worst == .replaced { startWatch() } else { settle() }
    return worst
  }

  private func removeForeignEntries() {
    let ours = Set(paths + [Self.marksName, Self.preloadName].map { directory + "/" + $0 })
    for name in entries(of: directory) where !ours.contains(directory + "/" + name) {
      removeTree(directory + "/" + name)
    }
  }

  private func startWatch() {
    watch = watches ? ImageWatch(directory: directory, files: paths) : nil
  }
}
