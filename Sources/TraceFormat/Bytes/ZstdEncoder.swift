import CZstd

/// Encodes one zstd frame, with a checksum of its content.
// SAFETY: the only pointer kept is the context's, and it is never handed out.
@safe final class ZstdEncoder {
  // SAFETY: created in init, freed in deinit, never handed out.
  private let context: OpaquePointer
  private var chunk = [UInt8](repeating: 0, count: 1 << 17)

  init() {
    // SAFETY: the context is freed in deinit.
    guard let context = unsafe ZSTD_createCCtx() else { fatalError("Out of memory") }
    unsafe self.context = context
    // SAFETY: the context is this object's own; both parameters exist in every stable version.
    _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
  }

  // SAFETY: the context is this object's own.
  deinit { _ = unsafe ZSTD_freeCCtx(context) }

  /// The encoded form of more bytes; with `isLast`, up to the frame's end.
  func encode(_ bytes: [UInt8], isLast: Bool) throws(TraceFormatError) -> [UInt8] {
    var encoded: [UInt8] = []
    var consumed = 0
    while true {
      let remaining = step(bytes, &consumed, &encoded, isLast: isLast)
      guard ZSTD_isError(remaining) == 0 else {
        // SAFETY: zstd's error names are constant strings.
        throw TraceFormatError(.compression(unsafe String(cString: ZSTD_getErrorName(remaining))))
      }
      if consumed == bytes.count, !isLast || remaining == 0 { return encoded }
    }
  }

  private func step(
    _ bytes: [UInt8],
    _ consumed: inout Int,
    _ encoded: inout [UInt8],
    isLast: Bool
  ) -> Int {
    // SAFETY: both buffers outlive the call, and zstd stays within their sizes.
    unsafe bytes.withUnsafeBytes { source in
      unsafe chunk.withUnsafeMutableBytes { target in
        var input = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: consumed)
        var output = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
        let mode = isLast ? ZSTD_e_end : ZSTD_e_continue
        let remaining = unsafe ZSTD_compressStream2(context, &output, &input, mode)
        consumed = unsafe input.pos
        unsafe encoded.append(contentsOf: target.prefix(output.pos))
        return remaining
      }
    }
  }
}
