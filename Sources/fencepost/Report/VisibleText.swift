/// A text in which nothing acts on a terminal: control and direction characters as `\u{1b}`.
///
/// Names in a trace are somebody else's: they must not move a cursor, fake a line of a report or break a
/// document.
///
/// - Parameters:
///   - text: any text.
///   - keepsLines: leave line feeds and tabs as they are.
/// - Returns: the same text where nothing in it acts.
func visible(_ text: String, keepsLines: Bool = false) -> String {
  guard text.unicodeScalars.contains(where: { isActive($0, keepsLines) }) else { return text }
  return text.unicodeScalars.reduce(into: "") { result, scalar in
    if isActive(scalar, keepsLines) {
      result += "\\u{\(String(scalar.value, radix: 16))}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
}

private func isActive(_ scalar: Unicode.Scalar, _ keepsLines: Bool) -> Bool {
  switch scalar.value {
  case 0x09, 0x0a: !keepsLines
  case 0..<0x20, 0x7f..<0xa0, 0x2028...0x202e, 0x2066...0x2069, 0xfffe, 0xffff: true
  default: false
  }
}
