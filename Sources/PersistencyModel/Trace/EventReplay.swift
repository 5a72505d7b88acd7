/// Applies the stores of encoded chunks to an image, and counts the events.
///
/// Sectors of disks are no memory: their writes are only counted. Gives what decoding every record and
/// writing its bytes would, at a fraction of the time: the usual forms
/// are read in place, and only the others go through `EventDecoder`.
public struct EventReplay: Sendable {
  /// Number of events of each kind so far, by raw value.
  public private(set) var counts = [Int](repeating: 0, count: 32)

  /// A replay that has seen nothing.
  public init() {}

  /// Number of events so far.
  public var eventCount: Int { counts.reduce(0, +) }

  /// Applies a chunk to `image`, of which the first byte has address 0; O(bytes).
  ///
  /// - Throws: where the chunk is no events, or a store ends beyond the image (`rangeWraps`); what stood
  ///   before has been applied.
  public mutating func apply(
    _ chunk: RawSpan,
    to image: inout MutableRawSpan
  ) throws(EventCodingError) {
    var decoder = EventDecoder()
    while true {
      let offset = decoder.offset
      applyUsual(chunk, &decoder, to: &image)
      guard let record = try decoder.next(in: chunk) else { return }
      counts[Int(record.event.kind.rawValue)] += 1
      guard record.event.kind.isStore, !record.event.kind.isSectorWrite else { continue }
      guard record.event.address <= UInt64(image.byteCount),
        record.event.size <= image.byteCount - Int(record.event.address)
      else { throw EventCodingError(.rangeWraps, offset: offset) }
      let address = Int(record.event.address)
      EventDecoder.withBytes(of: record, in: chunk) { bytes in
        for place in 0..<bytes.byteCount {
          image.storeBytes(
            of: bytes.byte(at: place),
            toByteOffset: address + place,
            as: UInt8.self
          )
        }
      }
    }
  }

  /// Applies records of the usual forms, up to the first other one or the last few bytes of the chunk.
  private mutating func applyUsual(
    _ chunk: RawSpan,
    _ decoder: inout EventDecoder,
    to image: inout MutableRawSpan
  ) {
    let size = image.byteCount
    let end = chunk.byteCount
    // SAFETY: the scanner reads only while a whole record of a usual form is certain to be inside the
    // chunk, and stores only what ends inside the image; `counts` has room for every kind nibble.
    unsafe image.withUnsafeMutableBytes { image in
      unsafe chunk.withUnsafeBytes { chunk in
        unsafe counts.withUnsafeMutableBufferPointer { counts in
          guard let from = chunk.baseAddress, let to = image.baseAddress,
            let counts = counts.baseAddress
          else { return }
          var scanner = unsafe UsualScanner(
            chunk: from,
            end: end,
            image: to,
            size: size,
            counts: counts,
            at: decoder
          )
          unsafe scanner.run()
          decoder = EventDecoder(offset: unsafe scanner.offset, context: unsafe scanner.context)
        }
      }
    }
  }
}

// SAFETY: at least `longest` bytes of the chunk are left before each record, which is no longer; what is
// stored was checked to end inside the image; `counts` has room for every kind nibble.
/// Reads stores of up to 8 bytes, line flushes and fences in place.
@unsafe private struct UsualScanner {
  let chunk: UnsafeRawPointer
  let end: Int
  let image: UnsafeMutableRawPointer
  let size: Int
  let counts: UnsafeMutablePointer<Int>
  var offset: Int
  var context: EventContext

  init(
    chunk: UnsafeRawPointer,
    end: Int,
    image: UnsafeMutableRawPointer,
    size: Int,
    counts: UnsafeMutablePointer<Int>,
    at decoder: EventDecoder
  ) {
    unsafe self.chunk = unsafe chunk
    unsafe self.end = end
    unsafe self.image = unsafe image
    unsafe self.size = size
    unsafe self.counts = unsafe counts
    unsafe offset = decoder.offset
    unsafe context = decoder.context
  }

  /// Bytes of the longest record of a usual form: tag, site, address, value.
  private static let longest = 32

  mutating func run() {
    var next = unsafe offset
    var context = unsafe context
    // SAFETY: `longest` bytes are left before each record.
    while unsafe next <= end - Self.longest {
      let tag = unsafe chunk.load(fromByteOffset: next, as: UInt8.self)
      let kind = tag & 0xf
      let form = tag >> 4 & 7
      let isStore = kind <= EventKind.lockedStore.rawValue
      guard isStore ? form < EventCoding.StoreForm.sized : form == 0 && kind <= 8 else { break }
      var place = next + 1
      if tag & EventCoding.siteChanged != 0 {
        guard let difference = unsafe varint(&place) else { break }
        let site = UInt64(context.site) &+ EventCoding.unzigzag(difference)
        guard site <= Event.maximumSite else { break }
        context.site = SiteID(truncatingIfNeeded: site)
      }
      if isStore || kind >= EventKind.clwb.rawValue && kind <= EventKind.clflush.rawValue {
        guard let difference = unsafe varint(&place) else { break }
        context.address &+= EventCoding.unzigzag(difference)
        guard context.address <= UInt64(Int.max) else { break }
      }
      if isStore {
        guard unsafe store(form, at: &place, address: context.address) else { break }
      }
      unsafe counts[Int(kind)] += 1
      unsafe self.context = context
      next = place
      unsafe offset = next
    }
  }

  /// Applies a store; false if it ends beyond the image.
  @inline(__always) private func store(_ form: UInt8, at place: inout Int, address: UInt64) -> Bool
  {
    // SAFETY: `size` is checked to be at least 8 before the difference is trusted.
    guard unsafe size >= 8, unsafe address <= UInt64(size - 8) else { return false }
    let target = unsafe image + Int(truncatingIfNeeded: address)
    let value = unsafe chunk.loadUnaligned(fromByteOffset: place, as: UInt64.self)
    switch form {
    case EventCoding.StoreForm.eight:
      unsafe target.storeBytes(of: value, as: UInt64.self)
      place += 8
    case EventCoding.StoreForm.eightInFour:
      unsafe target.storeBytes(of: value & 0xffff_ffff, as: UInt64.self)
      place += 4
    case EventCoding.StoreForm.four:
      unsafe target.storeBytes(of: UInt32(truncatingIfNeeded: value), as: UInt32.self)
      place += 4
    case EventCoding.StoreForm.two:
      unsafe target.storeBytes(of: UInt16(truncatingIfNeeded: value), as: UInt16.self)
      place += 2
    case EventCoding.StoreForm.one:
      unsafe target.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
      place += 1
    default:
      unsafe target.storeBytes(of: value & 0xff, as: UInt64.self)
      place += 1
    }
    return true
  }

  /// Reads a varint of at most 9 bytes; `nil` for a longer one.
  @inline(__always) private func varint(_ place: inout Int) -> UInt64? {
    // SAFETY: two varints and a value are shorter than `longest`.
    var byte = unsafe chunk.load(fromByteOffset: place, as: UInt8.self)
    place += 1
    if byte < 0x80 { return UInt64(byte) }
    var number = UInt64(byte & 0x7f)
    var shift: UInt64 = 7
    while shift < 63 {
      byte = unsafe chunk.load(fromByteOffset: place, as: UInt8.self)
      place += 1
      number |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return number }
      shift += 7
    }
    return nil
  }
}
