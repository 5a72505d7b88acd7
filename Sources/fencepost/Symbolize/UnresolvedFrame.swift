import PersistencyModel

/// A frame of which the module and the offset in it are known, and no line: `push (list+0x12b3)` or
/// `list+0x12b3`.
struct UnresolvedFrame: Hashable {
  /// File name of the module, without directories.
  var module: String
  /// Address that the module itself gives the instruction.
  var offset: UInt64

  /// Takes a frame apart; `nil` where it is of another form.
  init?(_ frame: SiteFrame) {
    guard let match = frame.text.wholeMatch(of: /(?:.* \()?([^\s()][^()]*)\+0x([0-9a-f]+)\)?/),
      let offset = UInt64(match.2, radix: 16)
    else { return nil }
    module = String(match.1)
    self.offset = offset
  }

  /// The frame's text.
  ///
  /// - Parameters:
  ///   - function: its name, where it is known.
  ///   - module: path of the module.
  ///   - offset: address that the module itself gives the instruction.
  /// - Returns: the text, with the function where it is known.
  static func text(function: String?, module: String, offset: UInt64) -> String {
    let place = CodePlace(module: module, offset: offset).text
    return function.map { "\($0) (\(place))" } ?? place
  }
}
