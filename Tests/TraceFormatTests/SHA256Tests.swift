import Testing
import TraceFormat

struct SHA256Tests {
  /// Examples of FIPS 180-4.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func theStandardsExamplesHaveTheirDigests(text: String, digest: String) {
    #expect(SHA256.hexadecimal(of: Array(text.utf8)) == digest)
  }

  @Test func aMillionLettersInPiecesHaveTheirDigest() {
    var hash = SHA256()
    for _ in 0..<1000 { hash.update([UInt8](repeating: UInt8(ascii: "a"), count: 1000)) }
    let digest = hash.digest()
    #expect(digest.count == 32 && digest.prefix(4) == [0xcd, 0xc7, 0x6e, 0x5c])
    #expect(digest.suffix(4) == [0xc7, 0x11, 0x2c, 0xd0])
  }

  @Test func aCopyGoesOnByItself() {
    var first = SHA256()
    first.update([1, 2])
    var second = first
    second.update([3])
    #expect(first.digest() != second.digest())
    first.update([3])
    #expect(first.digest() == second.digest() && first.digest() == first.digest())
  }
}
