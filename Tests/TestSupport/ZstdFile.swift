import CZstd
public import Foundation

/// A zstd file of the corpus that is not what it should be.
public struct ZstdFileError: Error {
  /// What was wrong.
  public let reason: String

  /// An error.
  public init(reason: String) { self.reason = reason }
}

/// The content of a zstd file.
public func decompressedFile(_ url: URL) throws -> [UInt8] {
  let packed = [UInt8](try Data(contentsOf: url))
  guard let stream = ZSTD_createDStream() else { throw ZstdFileError(reason: "no memory") }
  defer { ZSTD_freeDStream(stream) }
  var content: [UInt8] = []
  let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: ZSTD_DStreamOutSize(),
    alignment: 1
  )
  defer { buffer.deallocate() }
  let left = try packed.withUnsafeBytes { source in
    var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
    var left = 1
    while left != 0 {
      var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
      left = ZSTD_decompressStream(stream, &output, &input)
      guard ZSTD_isError(left) == 0 else { throw ZstdFileError(reason: "\(url.path) is damaged") }
      content += buffer[..<output.pos]
      if output.pos == 0, input.pos == input.size { break }
    }
    return left
  }
  guard left == 0 else { throw ZstdFileError(reason: "\(url.path) is cut off") }
  return content
}
