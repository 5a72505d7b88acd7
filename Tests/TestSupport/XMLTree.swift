import Foundation
import FoundationXML

/// An XML element as a parser that is not ours sees it.
public struct XMLTree: Sendable {
  /// Its name.
  public var name: String
  /// Its attributes.
  public var attributes: [String: String]
  /// Elements in it.
  public var children: [XMLTree] = []
  /// Character data in it.
  public var text = ""

  /// Elements in it with a name, at any depth.
  public func all(_ name: String) -> [XMLTree] {
    children.flatMap { ($0.name == name ? [$0] : []) + $0.all(name) }
  }

  /// Reads a document; `nil` where it is not well-formed.
  public static func parse(_ bytes: [UInt8]) -> XMLTree? {
    let parser = XMLParser(data: Data(bytes))
    let builder = XMLTreeBuilder()
    parser.delegate = builder
    return parser.parse() ? builder.root : nil
  }
}

private final class XMLTreeBuilder: NSObject, XMLParserDelegate {
  var root: XMLTree?
  private var open: [XMLTree] = []

  func parser(
    _ parser: XMLParser,
    didStartElement name: String,
    namespaceURI: String?,
    qualifiedName: String?,
    attributes: [String: String]
  ) {
    open.append(XMLTree(name: name, attributes: attributes))
  }

  func parser(
    _ parser: XMLParser,
    didEndElement name: String,
    namespaceURI: String?,
    qualifiedName: String?
  ) {
    guard let element = open.popLast() else { return }
    if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if !open.isEmpty { open[open.count - 1].text += text }
  }
}
