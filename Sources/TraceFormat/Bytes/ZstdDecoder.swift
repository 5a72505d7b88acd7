import CZstd

/// Decodes a sequence of zstd frames.
// SAFETY: the only pointer kept is the stream's, and it is never handed out.
@safe final class ZstdDecoder {
  /// The first bytes of a frame (RFC 8878, 3.1.1).
  static let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

  // SAFETY: created in init, freed in deinit, never handed out.
  private let stream: OpaquePointer
  private var input = [UInt8](repeating: 0, count: 1 << 17)
  private var next = 0
  private var limit = 0
  private var isInsideFrame = false

  /// A decoder; `head` are bytes already taken from the input.
  init(head: [UInt8]) {
    // SAFETY: the stream is freed in deinit.
    guard let stream = unsafe ZSTD_createDStream() else { fatalError("Out of memory") }
    unsafe self.stream = stream
    input.replaceSubrange(0..<head.count, with: head)
    limit = head.count
  }

  // SAFETY: the stream is this object's own.
  deinit { _ = unsafe ZSTD_freeDStream(stream) }

  /// Fills the start of `target` with decoded bytes; 0 at the end.
  func read(
    into target: UnsafeMutableRawBufferPointer,
    from raw: inout RawInput
  ) throws(TraceFormatError) -> Int {
    while true {
      if next == limit, try !refill(from: &raw) {
        guard !isInsideFrame else { throw TraceFormatError(.cut("a zstd frame")) }
        return 0
      }
      // SAFETY: the caller keeps the buffer alive and writable during the call.
      let produced = unsafe try decode(into: target)
      if produced > 0 { return produced }
    }
  }

  private func refill(from raw: inout RawInput) throws(TraceFormatError) -> Bool {
    next = 0
    limit = 0
    do {
      // SAFETY: the array outlives the call.
      limit = unsafe try input.withUnsafeMutableBytes { buffer in unsafe try raw.read(into: buffer)
      }
    } catch let error as TraceFormatError { throw error } catch { fatalError("Unreachable") }
    return limit > 0
  }

  private func decode(into target: UnsafeMutableRawBufferPointer) throws(TraceFormatError) -> Int {
    // SAFETY: both buffers outlive the call, and zstd stays within their sizes.
    var output = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
    let status = unsafe input.withUnsafeBytes { buffer -> Int in
      var source = unsafe ZSTD_inBuffer(src: buffer.baseAddress, size: limit, pos: next)
      let status = unsafe ZSTD_decompressStream(stream, &output, &source)
      next = unsafe source.pos
      return status
    }
    guard ZSTD_isError(status) == 0 else {
      throw TraceFormatError(.compression(unsafe String(cString: ZSTD_getErrorName(status))))
    }
    isInsideFrame = status != 0
    return unsafe output.pos
  }
}
