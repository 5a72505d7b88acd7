public import PersistencyModel

/// A hash index from numbers to numbers: slots of two words, key and value, probed one after the other.
///
/// A slot never crosses a cache line, and one line's stores become durable in the order they are made. So the
/// value is stored before the key that publishes it, and one flush serves both. Keys are neither 0, a slot
/// never used, nor `UInt64.max`, a slot whose key was removed.
public struct HashIndex<M: Medium> {
  /// A mistake for the tests to find.
  public enum Defect: Sendable {
    /// The key is stored before its value.
    case keyBeforeValue
  }

  /// There is no room for another key.
  public struct Full: Error {}

  private static var unused: UInt64 { 0 }
  private static var removed: UInt64 { .max }
  private var medium: M
  private let defect: Defect?

  /// Opens the index on a medium; one of zeros is an empty index.
  public init(on medium: M, defect: Defect? = nil) {
    self.medium = medium
    self.defect = defect
  }

  /// Every key with its value.
  public var entries: [UInt64: UInt64] {
    var medium = medium
    var entries: [UInt64: UInt64] = [:]
    for offset in stride(from: 0, to: medium.size, by: 16) {
      let key = medium.load64(at: offset)
      if key != Self.unused && key != Self.removed { entries[key] = medium.load64(at: offset + 8) }
    }
    return entries
  }

  /// Sets a key's value; durable when this returns.
  public mutating func put(_ key: UInt64, _ value: UInt64) throws {
    let place = find(key)
    if let offset = place.found {
      medium.store(value, at: offset + 8)
      return persist(offset)
    }
    guard let offset = place.free else { throw Full() }
    if defect == .keyBeforeValue {
      medium.store(key, at: offset)
      medium.store(value, at: offset + 8)
    } else {
      medium.store(value, at: offset + 8)
      medium.store(key, at: offset)
    }
    persist(offset)
  }

  /// Removes a key; durable when this returns.
  public mutating func remove(_ key: UInt64) {
    guard let offset = find(key).found else { return }
    medium.store(Self.removed, at: offset)
    persist(offset)
  }

  /// The slot that holds a key, and the first one on the way that is free.
  private mutating func find(_ key: UInt64) -> (found: Int?, free: Int?) {
    let slots = medium.size / 16
    var free: Int?
    for probe in 0..<slots {
      let offset = (Int(key % UInt64(slots)) + probe) % slots * 16
      let there = medium.load64(at: offset)
      if there == key { return (offset, free) }
      if there == Self.unused { return (nil, free ?? offset) }
      if there == Self.removed { free = free ?? offset }
    }
    return (nil, free)
  }

  private mutating func persist(_ offset: Int) {
    medium.writeBackLine(at: offset)
    medium.fence()
  }
}
