import Foundation
import PersistencyModel
import ReferenceCache
import TestSupport
import Testing

/// Damaged images are opened, read, written and flushed: no trap, no hang, no byte from nowhere.
@Suite struct DamagedImageTests {
  static let isComplete = ProcessInfo.processInfo.environment["FENCEPOST_COMPLETE"] != nil
  private static let shares = 10
  private static let imagesOfShare = isComplete ? 10_000 : 600

  /// What became of the images of a share.
  private struct Tally {
    var refused: [String: Int] = [:]
    var blank = 0
    var taken = 0
    var errorStates = 0
  }

  @Test(.timeLimit(.minutes(DamagedImageTests.isComplete ? 30 : 5)), arguments: 0..<shares)
  func aDamagedImageIsRefusedByNameOrReadsWhatIsOnMedia(_ share: Int) throws {
    var images = try MutatedImages(seed: UInt64(share))
    var tally = Tally()
    for number in 0..<Self.imagesOfShare {
      let image = images.next()
      let faults = try faults(of: image, &tally)
      #expect(faults.isEmpty, "seed \(share), image \(number): \(image.damage) \(image.options)")
      if !faults.isEmpty { return }
    }
    // Damage of every kind was met.
    #expect(tally.taken > 50 && tally.blank > 0 && tally.errorStates > 0)
    for field in [
      "magic", "version", "block_size", "n_blocks", "seq_count", "block_size argument",
      "device size",
    ] {
      #expect((tally.refused[field] ?? 0) > 0, "\(field)")
    }
  }

  private func faults(of image: MutatedImages.Image, _ tally: inout Tally) throws -> [String] {
    var options = image.options
    options.blankDevice = .refuse
    // Write-back begun by itself would put blocks of misplaced entries over the origin before it is read.
    options.writeBack = .manual
    let origin = [UInt8](repeating: 0x11, count: MutatedImages.originSectors * 512)
    var cache: Cache<BytesMedium, MemoryOrigin>
    do throws(CacheError) {
      cache = try Cache(
        opening: BytesMedium(bytes: image.bytes),
        over: MemoryOrigin(bytes: origin),
        options: options
      )
    } catch {
      return faults(of: error, image, &tally)
    }
    tally.taken += 1
    guard
      let decoded = try DecodedCache(
        image.bytes,
        startSector: Int(options.startSector),
        blockSize: options.blockSize
      )
    else { return ["a blank device was taken"] }
    var faults: [String] = []
    let isInError = cache.state.identicalEntries != nil
    tally.errorStates += isInError ? 1 : 0
    if isInError != decoded.hasIdenticalEntries { faults.append("identical entries: \(isInError)") }
    if try cache.read(byteCount: origin.count, at: 0) != decoded.content(over: origin) {
      faults.append("a read returns other bytes than are on media")
    }
    faults += self.faults(writing: &cache, isInError: isInError, hasBlocks: decoded.blockCount > 0)
    faults += self.faults(writingBack: &cache, image, origin)
    let allowed = 100 * (decoded.blockCount + MutatedImages.originSectors) + 1000
    if cache.medium.steps > allowed { faults.append("\(cache.medium.steps) steps") }
    return faults
  }

  /// A refusal names the field that the second decoder, or the options, have at fault.
  private func faults(
    of error: CacheError,
    _ image: MutatedImages.Image,
    _ tally: inout Tally
  ) -> [String] {
    guard case .refused(let reason) = error.reason else { return ["\(error)"] }
    tally.refused[reason.field, default: 0] += 1
    let words = [
      "block_size argument": "block size", "device size": "the cache device has",
      "start_sector argument": "start sector",
    ]
    guard error.description.contains(words[reason.field] ?? reason.field) else {
      return ["the refusal does not name \(reason.field): \(error)"]
    }
    switch reason {
    case .unsupportedBlockSize(let size):
      return [512, 1024, 2048, 4096].contains(size) ? ["block size \(size) refused"] : []
    case .mediumSmallerThanPage: return image.bytes.count < 4096 ? [] : ["a page is refused"]
    case .startSectorBeyondEnd(let sector, _):
      return sector < UInt64(image.bytes.count / 512) ? ["start sector refused"] : []
    default: break
    }
    do throws(DecodedCache.Refusal) {
      let decoded = try DecodedCache(
        image.bytes,
        startSector: Int(image.options.startSector),
        blockSize: image.options.blockSize
      )
      tally.blank += reason == .blank ? 1 : 0
      return (decoded == nil) == (reason == .blank) ? [] : ["refused without reason: \(error)"]
    } catch {
      return error.field == reason.field ? [] : ["\(reason.field) is named, not \(error.field)"]
    }
  }

  /// A write and a flush succeed and are read back, or fail as they should.
  private func faults(
    writing cache: inout Cache<BytesMedium, MemoryOrigin>,
    isInError: Bool,
    hasBlocks: Bool
  ) -> [String] {
    let size = cache.state.layout.blockSize
    let bytes = Samples.block(tag: 9, sector: 0, size: size)
    do throws(CacheError) {
      try cache.write(bytes, at: 0)
      try cache.flush()
      if isInError { return ["a write goes through in the error state"] }
      return try cache.read(byteCount: size, at: 0) == bytes ? [] : ["a write is not read back"]
    } catch {
      switch error.reason {
      case .errorState: return isInError ? [] : ["\(error)"]
      case .cacheFull: return cache.state.freeCount == 0 ? [] : ["\(error)"]
      default: return ["\(error)"]
      }
    }
  }

  /// Writing everything back ends, and leaves no sector that was on neither medium nor origin.
  private func faults(
    writingBack cache: inout Cache<BytesMedium, MemoryOrigin>,
    _ image: MutatedImages.Image,
    _ origin: [UInt8]
  ) -> [String] {
    guard cache.failure == nil else { return [] }
    do throws(CacheError) {
      try cache.writeBack()
      let sectors = try cache.read(byteCount: origin.count, at: 0)
      var known: Set<ArraySlice<UInt8>> = [origin[..<512]]
      let written = Samples.block(tag: 9, sector: 0, size: cache.state.layout.blockSize)
      for bytes in [image.bytes, written] {
        for start in stride(from: 0, to: bytes.count - 511, by: 512) {
          known.insert(bytes[start..<(start + 512)])
        }
      }
      let isKnown = stride(from: 0, to: sectors.count, by: 512).allSatisfy {
        known.contains(sectors[$0..<($0 + 512)])
      }
      return isKnown ? [] : ["write-back left a sector that was nowhere"]
    } catch {
      if case .writeBackFailed = error.reason { return [] }
      return ["\(error)"]
    }
  }
}
