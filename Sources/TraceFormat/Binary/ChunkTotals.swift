/// What the end chunk says about everything before it.
struct ChunkTotals {
  private let counts: [UInt64]
  /// Digest of every byte before the end chunk.
  let digest: TraceDigest

  init(_ payload: Span<UInt8>) throws(TraceFormatError) {
    guard payload.count == 64 else {
      throw TraceFormatError(.expected("an end chunk of 64 bytes", found: "\(payload.count)"))
    }
    counts = (0..<4).map { index in
      (0..<8).reduce(0) { $0 | UInt64(payload[8 * index + $1]) << UInt64(8 * $1) }
    }
    digest = TraceDigest(bytes: (32..<64).map { payload[$0] })
  }

  /// An error unless counts and digest are those of what was read.
  func check(_ body: ChunkReader, digest: TraceDigest) throws(TraceFormatError) {
    guard counts == body.counts else {
      throw TraceFormatError(
        .expected(
          "\(counts) events, sites, contents and marks as the end chunk says",
          found: "\(body.counts)"
        )
      )
    }
    guard self.digest == digest else {
      throw TraceFormatError(.checksum("the whole trace (SHA-256)"))
    }
  }
}
