/// One frame of a call stack: an address, a description, or both.
public struct SiteFrame: Hashable, Sendable {
  /// Program counter, where one was recorded.
  public var address: UInt64?
  /// Function, file and line as the source of the trace wrote them; empty where not known.
  public var text: String

  /// A frame.
  public init(address: UInt64? = nil, text: String = "") {
    self.address = address
    self.text = text
  }

  /// The text, else the address in hexadecimal, else "?".
  public var description: String {
    if !text.isEmpty { return text }
    return address.map { "0x" + String($0, radix: 16) } ?? "?"
  }
}

/// A place in a program: a return address or a short call stack, innermost frame first.
public struct Site: Hashable, Sendable {
  /// The frames, innermost first; at least one for a known site.
  public var frames: [SiteFrame]

  /// A site.
  public init(frames: [SiteFrame]) { self.frames = frames }

  /// A site of one frame that is only a text.
  public init(_ text: String) { frames = [SiteFrame(text: text)] }

  /// The innermost frame as text, "?" for an unknown site.
  public var description: String { frames.first?.description ?? "?" }
}
