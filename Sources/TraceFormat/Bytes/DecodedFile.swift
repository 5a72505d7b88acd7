/// Whole files, zstd recognised by content: images, mostly.
public enum DecodedFile {
  /// The decoded bytes of a file; "-" is standard input.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: the largest size accepted, in bytes.
  /// - Returns: the bytes.
  /// - Throws: `TraceFormatError` where the file cannot be read, is damaged or is larger than `limit`.
  public static func bytes(
    ofFile path: String,
    limit: Int = 1 << 30
  ) throws(TraceFormatError) -> [UInt8] {
    var source = try ByteSource.open(path)
    source.forgetHead()
    var bytes: [UInt8] = []
    repeat {
      bytes.append(contentsOf: source.buffer[source.start..<source.end])
      source.consume(source.available)
      guard bytes.count <= limit else {
        throw TraceFormatError(
          .outOfRange("the file's size", UInt64(bytes.count), 0...UInt64(limit)),
          file: path
        )
      }
    } while try source.fill()
    return bytes
  }
}
