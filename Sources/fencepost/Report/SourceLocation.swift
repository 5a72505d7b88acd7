/// A file and a line, as sites name them: `function (dir/file.c:12)`, `file.swift:12:5`.
struct SourceLocation: Hashable {
  var file: String
  /// From 1.
  var line: Int
  /// From 1; `nil` where the site does not say.
  var column: Int?
  /// The site without the numbers, which stays the same when lines are added above.
  var textWithoutLine: String

  /// Reads the text of a site; `nil` where it names no file with a line.
  init?(_ site: String) {
    for candidate in Self.candidates(site) {
      guard let (file, numbers) = Self.split(candidate) else { continue }
      self.file = String(file)
      line = numbers[0]
      column = numbers.count > 1 ? numbers[1] : nil
      textWithoutLine = String(site[..<candidate.startIndex] + file + site[candidate.endIndex...])
      return
    }
    return nil
  }

  /// What stands in parentheses at the end, else the whole text, else each of its words.
  private static func candidates(_ site: String) -> [Substring] {
    var found: [Substring] = []
    if site.hasSuffix(")"), let open = site.lastIndex(of: "(") {
      found.append(site[site.index(after: open)..<site.index(before: site.endIndex)])
    }
    found += site.split(whereSeparator: { $0 == " " || $0 == "(" || $0 == ")" })
    return found
  }

  /// `file.ext:12` or `file.ext:12:5`; a name without a dot is a label, not a file.
  private static func split(_ text: Substring) -> (Substring, [Int])? {
    var file = text
    var numbers: [Int] = []
    while numbers.count < 2, let colon = file.lastIndex(of: ":"),
      let number = number(file[file.index(after: colon)...])
    {
      numbers.insert(number, at: 0)
      file = file[..<colon]
    }
    let name = file.split(separator: "/").last ?? ""
    guard !numbers.isEmpty, let dot = name.lastIndex(of: "."), dot > name.startIndex,
      name.index(after: dot) < name.endIndex, !file.contains("://")
    else { return nil }
    return (file, numbers)
  }

  private static func number(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let value = Int(text),
      value > 0, value <= Int32.max
    else { return nil }
    return value
  }

  /// The file as a URI reference.
  var uri: String { uriReference(file) }
}

/// A path as a URI reference (RFC 3986): absolute ones with the scheme `file`.
func uriReference(_ path: String) -> String {
  let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/+,=@".utf8)
  let digits = Array("0123456789ABCDEF")
  let encoded = path.utf8.reduce(into: "") { text, byte in
    if plain.contains(byte) {
      text.unicodeScalars.append(Unicode.Scalar(byte))
    } else {
      text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }
  }
  if encoded.hasPrefix("/") { return "file://" + encoded }
  return encoded
}
