import CLibcrypto

/// A running SHA-256 (FIPS 180-4), by OpenSSL's libcrypto.
///
/// Copies go on independently.
public struct SHA256 {
  private var context = DigestContext()

  /// The digest of no bytes so far.
  public init() {}

  /// Takes more bytes; linear in them.
  public mutating func update(_ bytes: RawSpan) {
    if !isKnownUniquelyReferenced(&context) { context = DigestContext(copying: context) }
    context.update(bytes)
  }

  /// Takes more bytes; linear in them.
  public mutating func update(_ bytes: [UInt8]) {
    // SAFETY: bytes have no padding.
    unsafe update(bytes.span.bytes)
  }

  /// The 32 bytes for what was taken so far; more may follow.
  public func digest() -> [UInt8] { DigestContext(copying: context).end() }

  /// The digest of these bytes, 64 lower-case hexadecimal digits.
  public static func hexadecimal(of bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hexadecimalDigits(hash.digest())
  }
}

/// OpenSSL's state, which fails only where there is no memory or no SHA-256 at all.
// SAFETY: the only pointer kept is the context's, and it is never handed out.
@safe private final class DigestContext {
  // SAFETY: created in init, freed in deinit, never handed out.
  private let pointer: OpaquePointer

  private init(empty: ()) {
    // SAFETY: the context is freed in deinit.
    guard let pointer = unsafe EVP_MD_CTX_new() else { fatalError("Out of memory") }
    unsafe self.pointer = pointer
  }

  convenience init() {
    self.init(empty: ())
    // SAFETY: the context is this object's own; the algorithm is a constant of the library.
    let result = unsafe EVP_DigestInit_ex(pointer, EVP_sha256(), nil)
    precondition(result == 1, "libcrypto has no SHA-256")
  }

  convenience init(copying other: DigestContext) {
    self.init(empty: ())
    // SAFETY: both contexts live until the call returns.
    let result = unsafe EVP_MD_CTX_copy_ex(pointer, other.pointer)
    precondition(result == 1, "libcrypto cannot copy SHA-256")
  }

  // SAFETY: the context is this object's own.
  deinit { unsafe EVP_MD_CTX_free(pointer) }

  func update(_ bytes: RawSpan) {
    // SAFETY: the pointer is used within the call, up to its count.
    let result = unsafe bytes.withUnsafeBytes {
      unsafe EVP_DigestUpdate(pointer, $0.baseAddress, $0.count)
    }
    precondition(result == 1, "libcrypto cannot go on with SHA-256")
  }

  func end() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    // SAFETY: a SHA-256 has 32 bytes.
    let result = unsafe digest.withUnsafeMutableBytes {
      unsafe EVP_DigestFinal_ex(pointer, $0.bindMemory(to: UInt8.self).baseAddress, nil)
    }
    precondition(result == 1, "libcrypto cannot end SHA-256")
    return digest
  }
}
