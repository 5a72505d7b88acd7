/// An XML element under construction; text and attributes may hold anything.
struct XMLElement {
  let name: String
  var attributes: [(name: String, value: String)] = []
  var children: [XMLElement] = []
  /// Character data before the children.
  var content = ""

  /// The element as a document, indented, with a line feed at the end.
  var document: String {
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    append(to: &text, depth: 0)
    return text
  }

  private func append(to text: inout String, depth: Int) {
    let indent = String(repeating: "  ", count: depth)
    text += "\(indent)<\(name)"
    for attribute in attributes {
      text += " \(attribute.name)=\"\(Self.escaped(attribute.value, isAttribute: true))\""
    }
    guard !children.isEmpty || !content.isEmpty else {
      text += "/>\n"
      return
    }
    text += ">" + Self.escaped(content, isAttribute: false)
    guard !children.isEmpty else {
      text += "</\(name)>\n"
      return
    }
    text += "\n"
    for child in children { child.append(to: &text, depth: depth + 1) }
    text += "\(indent)</\(name)>\n"
  }

  /// Characters that XML 1.0 cannot hold become visible, markup becomes references.
  private static func escaped(_ text: String, isAttribute: Bool) -> String {
    visible(text, keepsLines: true).unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n" where isAttribute, "\t" where isAttribute: result += "&#\(scalar.value);"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
