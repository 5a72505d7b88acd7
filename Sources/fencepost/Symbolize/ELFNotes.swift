import Foundation

/// The notes of an ELF file of 64 bits, little-endian: its build id, and who built it.
struct ELFNotes {
  /// One note: the name of who defined it, its type and content.
  struct Note {
    var name: String
    var type: UInt32
    var content: [UInt8]
  }

  private(set) var notes: [Note] = []
  /// Whether the file asks for a dynamic loader.
  private(set) var isDynamic = false

  private static let loader: UInt32 = 3
  private static let note: UInt32 = 4

  /// Reads a file's program headers; `nil` where it is no such file.
  init?(path: String) {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    else {
      return nil
    }
    let file = ELFBytes(data: data)
    guard data.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]), let table = file.word(at: 32),
      let size = file.half(at: 54), let count = file.half(at: 56)
    else { return nil }
    for number in 0..<count {
      guard let table = Int(exactly: table),
        let header = file.segment(at: table &+ Int(number) * Int(size))
      else { return nil }
      if header.type == Self.loader { isDynamic = true }
      if header.type == Self.note { takeNotes(file, header.range) }
    }
  }

  /// The build id in hexadecimal, as tools print it.
  var buildID: String? {
    notes.first { $0.name == "GNU" && $0.type == 3 }?.content
      .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private mutating func takeNotes(_ file: ELFBytes, _ range: Range<Int>) {
    var at = range.lowerBound
    while at + 12 <= range.upperBound, let nameSize = file.count(at: at),
      let contentSize = file.count(at: at + 4), let type = file.count(at: at + 8)
    {
      let content = at + 12 + (nameSize + 3) / 4 * 4
      let end = content + (contentSize + 3) / 4 * 4
      guard end <= range.upperBound else { return }
      let name = file.bytes(at + 12..<at + 12 + nameSize).prefix { $0 != 0 }
      notes.append(
        Note(
          name: String(decoding: name, as: UTF8.self),
          type: UInt32(type),
          content: file.bytes(content..<content + contentSize)
        )
      )
      at = end
    }
  }
}

/// Numbers at places of a file; `nil` behind its end.
private struct ELFBytes {
  let data: Data

  func half(at place: Int) -> UInt64? { number(at: place, count: 2) }
  func word(at place: Int) -> UInt64? { number(at: place, count: 8) }
  func count(at place: Int) -> Int? { number(at: place, count: 4).map { Int($0) } }
  func bytes(_ range: Range<Int>) -> [UInt8] { [UInt8](data[range]) }

  /// Type of a segment, and where it is in the file.
  func segment(at place: Int) -> (type: UInt32, range: Range<Int>)? {
    guard let type = count(at: place), let offset = word(at: place + 8),
      let size = word(at: place + 32), offset <= data.count, size <= UInt64(data.count) - offset
    else { return nil }
    return (UInt32(type), Int(offset)..<Int(offset + size))
  }

  private func number(at place: Int, count: Int) -> UInt64? {
    guard place >= 0, place <= data.count - count else { return nil }
    return data[place..<place + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
