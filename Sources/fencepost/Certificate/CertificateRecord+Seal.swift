import BigInt
import Foundation
import TraceFormat

extension CertificateRecord {
  /// What the seal of this content is.
  func computedSeal() throws -> String {
    var open = self
    open.seal = ""
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return sha256(Array(try encoder.encode(open)))
  }

  /// The sentence that is wrong where executed, merged and excluded choices are not all; `nil` where they are.
  func sumMismatch() throws -> String? {
    let permitted = try number(permittedChoices, "permittedChoices")
    var sum = try number(executed, "executed")
    for (index, share) in merged.enumerated() {
      sum += try number(share.choices, "merged[\(index)].choices")
    }
    for (index, share) in excluded.enumerated() {
      sum += try number(share.choices, "excluded[\(index)].choices")
    }
    guard sum != permitted else { return nil }
    return
      "permittedChoices: stated \(permitted), computed \(sum) from executed, merged and excluded"
  }

  /// Reads a count.
  func number(_ text: String, _ path: String) throws -> BigUInt {
    let digits = text.utf8.count
    guard digits > 0, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      throw CertificateFormatError(
        path: path,
        reason: "\"\(text.prefix(40))\" is not a number in decimal digits"
      )
    }
    guard digits <= 1 << 20, let number = BigUInt(text) else {
      throw CertificateFormatError(path: path, reason: "a number of \(digits) digits")
    }
    return number
  }
}

/// Where a certificate is not one, and why.
struct CertificateFormatError: Error, CustomStringConvertible {
  /// Inside the certificate, as in `merged[0].choices`.
  var path: String
  var reason: String

  var description: String { "$.certificate.\(path): \(reason)" }
}

/// A digest with the name of its function.
func sha256(_ bytes: [UInt8]) -> String {
  "sha256:" + SHA256.hexadecimal(of: bytes)
}
