import CZstd
import Foundation

/// A zstd file of the corpus that is not what it should be.
public struct ZstdFileError: Error {
  /// What was wrong.
  public let reason: String
}

/// The content of a zstd file whose first frame says how long it is, as the corpus files do.
public func decompressedFile(_ url: URL) throws -> [UInt8] {
  let packed = [UInt8](try Data(contentsOf: url))
  let size = ZSTD_getFrameContentSize(packed, packed.count)
  guard size < 1 << 30 else { throw ZstdFileError(reason: "\(url.path) does not say its size") }
  var content = [UInt8](repeating: 0, count: Int(size))
  let written = ZSTD_decompress(&content, content.count, packed, packed.count)
  guard ZSTD_isError(written) == 0, written == content.count else {
    throw ZstdFileError(reason: "\(url.path) is damaged")
  }
  return content
}

/// The folder of the corpus, found from this file.
public let corpusDirectory = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("traces")
