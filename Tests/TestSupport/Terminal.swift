import Dispatch
public import Foundation

/// A pseudo-terminal that collects what is written to it.
public final class Terminal: @unchecked Sendable {
  /// TIOCSPTLCK and TIOCGPTN, which are macros that Swift does not import.
  private static let setLock: UInt = 0x4004_5431
  private static let getNumber: UInt = 0x8004_5430

  private let master: Int32
  /// The side a program writes to.
  public let device: FileHandle
  private let lock = NSLock()
  private var bytes: [UInt8] = []
  private let done = DispatchSemaphore(value: 0)

  /// A terminal with that many columns.
  ///
  /// - Throws: where the system has none left.
  public init(columns: UInt16 = 200) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var locked: Int32 = 0
    var number: Int32 = 0
    guard master >= 0, ioctl(master, Self.setLock, &locked) == 0,
      ioctl(master, Self.getNumber, &number) == 0
    else { throw CocoaError(.fileNoSuchFile) }
    let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard slave >= 0 else { throw CocoaError(.fileNoSuchFile) }
    device = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
    var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(slave, UInt(TIOCSWINSZ), &size)
    DispatchQueue.global().async { [self] in collect() }
  }

  private func collect() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(master, &buffer, buffer.count)
      guard count > 0 else { break }
      lock.withLock { bytes += buffer.prefix(count) }
    }
    done.signal()
  }

  /// Closes this process's side and returns everything that was written.
  public func finish() -> String {
    close(device.fileDescriptor)
    done.wait()
    close(master)
    return lock.withLock { String(decoding: bytes, as: UTF8.self) }
  }
}
