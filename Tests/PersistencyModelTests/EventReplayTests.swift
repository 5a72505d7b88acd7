import PersistencyModel
import Testing

/// Image and counts by decoding record after record; `nil` where the chunk is no events or leaves the image.
private func decoded(_ chunk: [UInt8], size: Int) -> (image: [UInt8], counts: [Int])? {
  var image = [UInt8](repeating: 0, count: size)
  var counts = [Int](repeating: 0, count: 32)
  var decoder = EventDecoder()
  do {
    while let record = try decoder.next(in: chunk.span.bytes) {
      counts[Int(record.event.kind.rawValue)] += 1
      guard record.event.kind.isStore, !record.event.kind.isSectorWrite else { continue }
      guard record.event.address + UInt64(record.event.size) <= UInt64(size) else { return nil }
      EventDecoder.withBytes(of: record, in: chunk.span.bytes) { bytes in
        for offset in 0..<bytes.byteCount {
          image[Int(record.event.address) + offset] = bytes.byte(at: offset)
        }
      }
    }
  } catch { return nil }
  return (image, counts)
}

private func replayed(_ chunk: [UInt8], size: Int) -> (image: [UInt8], counts: [Int])? {
  var image = [UInt8](repeating: 0, count: size)
  var replay = EventReplay()
  do {
    var span = image.mutableSpan
    var bytes = span.mutableBytes
    try replay.apply(chunk.span.bytes, to: &bytes)
  } catch { return nil }
  return (image, replay.counts)
}

private func agree(_ chunk: [UInt8], size: Int) -> Bool {
  let first = decoded(chunk, size: size)
  let second = replayed(chunk, size: size)
  return first?.image == second?.image && first?.counts == second?.counts
}

@Test(arguments: 1...40) func replayGivesWhatDecodingGives(seed: UInt64) {
  var state = seed
  func below(_ bound: UInt64) -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state >> 16) % bound
  }
  var encoder = EventEncoder()
  var chunk: [UInt8] = []
  for _ in 0..<300 {
    let kind = EventKind.allCases[Int(below(18))]
    let stored = kind.isStore ? (0..<(1 + below(12))).map { _ in UInt8(below(3) * 127) } : []
    let event = Event(
      kind,
      address: below(480),
      size: kind.isStore ? stored.count : 64 * Int(below(2)),
      payload: below(300),
      thread: ThreadID(below(20) == 0 ? below(4) : 0),
      site: SiteID(below(200))
    )
    encoder.encode(event, bytes: stored.span.bytes, into: &chunk)
  }
  #expect(decoded(chunk, size: 512) != nil)
  #expect(agree(chunk, size: 512))
  #expect(agree(chunk, size: 400))
  #expect(agree(chunk, size: 3))
  for cut in stride(from: 0, to: chunk.count, by: 17) {
    #expect(agree(Array(chunk[..<cut]), size: 512))
  }
}

@Test(arguments: 1...40) func replayRefusesTheNoiseThatDecodingRefuses(seed: UInt64) {
  var state = seed
  var noise: [UInt8] = []
  for _ in 0..<400 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let byte = UInt8(truncatingIfNeeded: state >> 33)
    noise.append(seed % 2 == 0 ? byte : byte & 0x8f)
  }
  #expect(noise.indices.allSatisfy { agree(Array(noise[$0...]), size: 256) })
}
