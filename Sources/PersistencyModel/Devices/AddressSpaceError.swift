/// Why a text describes no address space, and where in the text.
public struct AddressSpaceError: Error, Hashable, Sendable {
  /// What is wrong with the description.
  public enum Reason: Hashable, Sendable {
    /// Something else stands where one of the named things belongs.
    case expected(String, found: String)
    /// A number of bytes that is no size: 0, or over `AddressSpace.maximumSize`.
    case sizeOutOfRange(String)
    /// A number that has to be a multiple of another one.
    case notMultiple(UInt64, of: UInt64)
    /// Devices striped together must be of one size, in bytes.
    case stripesDiffer(UInt64, UInt64)
    /// A striped length does not divide into whole rounds: the length, stripes and chunk, in bytes.
    case unevenStripes(length: UInt64, stripes: Int, chunk: UInt64)
    /// A segment leaves addresses unmapped: where it had to begin, where it does.
    case gap(end: UInt64, begin: UInt64)
    /// A segment begins before the one ahead of it ends.
    case overlap(end: UInt64, begin: UInt64)
    /// Two devices have one name.
    case duplicateDevice(String)
    /// A device is used beyond its end: bytes needed, bytes there.
    case deviceTooSmall(String, needed: UInt64, size: UInt64)
    /// Two segments use the same bytes of a device, counted from the offset given.
    case deviceUsedTwice(String, offset: UInt64)
    /// The domain needs a host flush request, which no instruction makes.
    case asynchronous(String)
    /// The text describes no segment.
    case empty
  }

  /// What is wrong.
  public var reason: Reason
  /// Line of the text, from 1.
  public var line: Int
  /// Byte in the line, from 1.
  public var column: Int

  /// An error.
  public init(_ reason: Reason, line: Int, column: Int) {
    self.reason = reason
    self.line = line
    self.column = column
  }
}

extension AddressSpaceError: CustomStringConvertible {
  /// One sentence with the position.
  public var description: String { "line \(line), column \(column): \(reason.description)" }
}

extension AddressSpaceError.Reason: CustomStringConvertible {
  /// What is wrong, without the position.
  public var description: String {
    switch self {
    case .expected(let what, let found): "expected \(what), found \(found)"
    case .sizeOutOfRange(let text):
      "\(text) is no size: 1 byte to \(AddressSpace.maximumSize) bytes are possible"
    case .notMultiple(let number, let unit): "\(number) bytes is not a multiple of \(unit)"
    case .stripesDiffer(let first, let second):
      "striped devices have one size, but these have \(first) and \(second) bytes"
    case .unevenStripes(let length, let stripes, let chunk):
      "\(length) bytes do not divide into rounds of \(stripes) chunks of \(chunk) bytes"
    case .gap(let end, let begin): "nothing maps addresses \(end) to \(begin)"
    case .overlap(let end, let begin):
      "the segment begins at address \(begin), before the previous one ends at \(end)"
    case .duplicateDevice(let name): "there is a device \(name) already"
    case .deviceTooSmall(let name, let needed, let size):
      "device \(name) has \(size) bytes, but \(needed) are used"
    case .deviceUsedTwice(let name, let offset):
      "byte \(offset) of device \(name) is used by two segments"
    case .asynchronous(let name):
      "device \(name) is asynchronous: its content is durable only after a host flush request, "
        + "which no instruction makes"
    case .empty: "no segment is described"
    }
  }
}
