import PersistencyModel

/// Stack frames of the log: `0xADDRESS: function (file:line)`, innermost first, separated by `;`.
enum PmemcheckFrames {
  /// The site of these frames.
  static func site(_ frames: Span<UInt8>) -> Site {
    var result: [SiteFrame] = []
    var fields = TextFields()
    while let field = fields.take(frames) { result.append(frame(frames.extracting(field))) }
    return Site(frames: result)
  }

  private static func frame(_ bytes: Span<UInt8>) -> SiteFrame {
    var end = min(2, bytes.count)
    while end < bytes.count, digitValue(bytes[end]) < 16 { end += 1 }
    guard hasPrefix("0x", bytes), hasPrefix(": ", bytes.extracting(end..<bytes.count)),
      let address = TextNumber.value(bytes, 0..<end)
    else { return SiteFrame(text: text(bytes)) }
    return SiteFrame(address: address, text: text(bytes.extracting((end + 2)..<bytes.count)))
  }

  private static func text(_ bytes: Span<UInt8>) -> String {
    TextEscape.visible(bytes.indices.map { bytes[$0] })
  }
}
