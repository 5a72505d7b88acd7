import PersistencyModel

/// Numbers contents by name, and remembers their sizes.
struct ContentTable {
  private var numbers: [String: ContentID] = [:]
  private var sizes: [Int] = []
  private(set) var names: [String] = []

  /// Defines the next content.
  mutating func define(_ name: String, size: Int) throws(TraceFormatError) {
    guard numbers.updateValue(ContentID(names.count), forKey: name) == nil else {
      throw TraceFormatError(.repeated("content", name))
    }
    names.append(name)
    sizes.append(size)
  }

  /// The number of a content that has been defined.
  func number(of name: String) throws(TraceFormatError) -> ContentID {
    guard let number = numbers[name] else { throw TraceFormatError(.unknown("content", name)) }
    return number
  }

  /// The size in bytes of a content.
  func size(of content: ContentID) -> Int { sizes[Int(content)] }
}
