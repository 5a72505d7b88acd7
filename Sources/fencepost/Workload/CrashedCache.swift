import CacheSpecification
import PersistencyModel
import ReferenceCache

/// A crash image of a run, and what recovery makes of it: what the next incarnation begins with.
struct CrashedCache {
  /// Bytes of persistent memory before recovery: the next incarnation opens it, recorded.
  let memory: [UInt8]
  /// Bytes of the origin.
  let origin: [UInt8]
  /// What readers see.
  let contents: [UInt8]
  /// Metadata as it was, what is cached, and the origin: all but blocks that hold nothing, which nobody reads.
  let identity: [UInt8]

  /// Recovers a crash image of `subject`; `nil` where recovery refuses it.
  init?(_ image: MemoryImage, of subject: WritecacheSubject) {
    guard let disk = subject.disk else { return nil }
    var medium = BareMedium(image.bytes)
    let origin = disk.bytes(on: &medium)
    var part = MediumPart(medium, size: disk.memorySize)
    do throws(CacheError) {
      let state = try CacheState.recover(on: &part, options: subject.options)
      var contents = origin
      var identity = Array(image.bytes[..<state.layout.blockRange(ofEntry: 0).lowerBound])
      state.forEachCachedBlock(on: &part) { sector, range, medium in
        let bytes = Array(medium.base.bytes[range])
        identity += bytes
        // Torn or foreign entries may name any sector.
        guard sector < UInt64(contents.count / 512) else { return }
        let start = Int(sector) * 512
        if bytes.count <= contents.count - start {
          contents.replaceSubrange(start..<(start + bytes.count), with: bytes)
        }
      }
      memory = Array(image.bytes[..<disk.memorySize])
      self.origin = origin
      self.contents = contents
      self.identity = identity + origin
    } catch { return nil }
  }

  /// The beginning of the next incarnation.
  var start: CacheStart { CacheStart(memory: memory, origin: origin, contents: contents) }
}

/// Bytes as a medium: nothing is ever pending.
struct BareMedium: Medium {
  private(set) var bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var size: Int { bytes.count }

  mutating func load64(at offset: Int) -> UInt64 { load(offset, 8) }
  mutating func load32(at offset: Int) -> UInt32 { UInt32(truncatingIfNeeded: load(offset, 4)) }
  mutating func load(at offset: Int, into destination: inout MutableRawSpan) {
    for index in 0..<destination.byteCount {
      destination.storeBytes(of: bytes[offset + index], toByteOffset: index, as: UInt8.self)
    }
  }
  mutating func store(_ value: UInt64, at offset: Int) { store(value, 8, offset) }
  mutating func store(_ value: UInt32, at offset: Int) { store(UInt64(value), 4, offset) }
  mutating func storeNonTemporal(_ value: UInt64, at offset: Int) { store(value, 8, offset) }
  mutating func storeNonTemporal(_ value: UInt32, at offset: Int) {
    store(UInt64(value), 4, offset)
  }
  mutating func copy(_ source: RawSpan, to offset: Int) {
    for index in 0..<source.byteCount { bytes[offset + index] = source.byte(at: index) }
  }
  mutating func copyNonTemporal(_ source: RawSpan, to offset: Int) { copy(source, to: offset) }
  mutating func writeBackLine(at offset: Int) {}
  mutating func requestFlush(_ range: Range<Int>) {}
  mutating func fence() {}

  private func load(_ offset: Int, _ size: Int) -> UInt64 {
    (0..<size).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64($1 * 8) }
  }

  private mutating func store(_ value: UInt64, _ size: Int, _ offset: Int) {
    for index in 0..<size {
      bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8))
    }
  }
}
