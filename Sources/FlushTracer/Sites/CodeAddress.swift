internal import CShim
internal import Glibc
import PersistencyModel

/// A code address in words: which object, where in it, which function.
struct CodeAddress {
  /// File name of the object that holds it, without directories; empty if none does.
  var object = ""
  /// Address relative to where the object is loaded: the same in every run of one build.
  var offset: UInt64
  /// The function as the symbol table spells it; empty if not known.
  var symbol = ""
  /// Bytes from the function's first one.
  var offsetInSymbol: UInt64 = 0

  /// Looks an address up: slow, done once for each.
  init(_ address: UInt64) {
    offset = address
    var name: UnsafePointer<CChar>?
    // SAFETY: the name lives as long as the object is loaded, and is copied at once.
    if unsafe cshim_find_object(address, &name, &offset), let name = unsafe name {
      let path = unsafe String(cString: name)
      object = path.split(separator: "/").last.map(String.init) ?? path
    }
    // A return address may be the first byte after its function: ask for the call before it.
    (symbol, offsetInSymbol) = Self.function(at: address &- 1)
  }

  /// Whether this is the bridge through which generic code calls a protocol's method, which says nothing.
  var isWitnessThunk: Bool { symbol.hasPrefix("$s") && symbol.hasSuffix("TW") }

  /// The frame that a trace keeps.
  var frame: SiteFrame {
    let place = object + "+0x" + String(offset, radix: 16)
    guard !symbol.isEmpty else { return SiteFrame(address: offset, text: place) }
    return SiteFrame(address: offset, text: "\(Self.readable(symbol)) (\(place))")
  }

  private static func function(at address: UInt64) -> (String, UInt64) {
    var buffer = [CChar](repeating: 0, count: 1024)
    var offset: UInt64 = 0
    // SAFETY: the buffer is as long as is said, and ends with a zero when the call returns.
    let found = unsafe buffer.withUnsafeMutableBufferPointer { buffer -> String in
      guard let base = buffer.baseAddress,
        unsafe cshim_find_function(address, base, buffer.count, &offset)
      else { return "" }
      return unsafe String(cString: base)
    }
    return (found, offset)
  }

  private static func readable(_ symbol: String) -> String {
    // SAFETY: the result is a string of our own, freed after it was copied.
    guard let text = unsafe cshim_demangle(symbol) else { return symbol }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }
}
