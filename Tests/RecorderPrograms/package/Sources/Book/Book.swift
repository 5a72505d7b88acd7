import Memory
import Publishing

/// Records in a mapped file: a count in the first line, then a line for each record.
public struct Book {
  /// Bytes of the file.
  public static let size = 4096

  private let base: UnsafeMutableRawPointer

  /// Maps the file, which is made where it is not there.
  public init?(path: String) {
    guard let base = memory_map(path, Self.size) else { return nil }
    self.base = base
  }

  /// Records that are counted.
  public var count: Int { base.load(as: Int.self) }

  /// The value of a record.
  public func record(_ number: Int) -> Int {
    base.load(fromByteOffset: Self.offset(of: number), as: Int.self)
  }

  /// Adds a record; `forgetting` leaves its flush out.
  public func append(_ value: Int, forgetting: Bool = false) {
    let line = base + Self.offset(of: count)
    line.storeBytes(of: value, as: Int.self)
    if !forgetting { memory_persist(line) }
    publish(base.assumingMemoryBound(to: UInt.self), UInt(count + 1))
    memory_persist(base)
  }

  /// Ends the book.
  public func close() {
    let last = base + Self.size - 1
    memory_close(last.assumingMemoryBound(to: UInt8.self))
    memory_persist(last)
  }
}
