import PersistencyModel
import ReferenceCache

/// Names for what a cache stores, by where it is on media: what no build and no compiler changes.
struct StoredPlaces {
  private let layout: CacheLayout
  private let memoryEnd: Int

  /// Names for a cache as *format* lays it out on so many bytes.
  init(options: CacheOptions, memorySize: Int) throws(CacheError) {
    layout = try CacheLayout.formatting(
      options.area(ofMedium: memorySize),
      blockSize: options.blockSize
    )
    memoryEnd = memorySize
  }

  /// What is at an address: a field of the superblock, a word of an entry, a block, or the disk.
  func name(of address: Int) -> String {
    let table = layout.sectorOffset(ofEntry: 0)
    let blocks = layout.blockRange(ofEntry: 0).lowerBound
    switch address {
    case memoryEnd...: return "the disk"
    case blocks...: return "block \((address - blocks) / layout.blockSize)"
    case table...:
      let (entry, byte) = (address - table).quotientAndRemainder(dividingBy: 16)
      if entry >= layout.blockCount { return "after the entries" }
      return "entry \(entry), \(byte < 8 ? "sector" : "sequence")"
    case layout.base...: return Self.field(at: address - layout.base)
    default: return "before the cache"
    }
  }

  private static func field(at byte: Int) -> String {
    switch byte {
    case ..<8: "magic and version"
    case ..<16: "block size"
    case ..<24: "number of blocks"
    case ..<32: "counter"
    default: "superblock"
    }
  }
}

extension Trace {
  /// The same with sites that say in which step what was stored, flushed or requested.
  ///
  /// The step is the operation begun last, or the label after it; build ids are left out.
  func withSites(naming places: StoredPlaces) -> Trace {
    var header = TraceHeader(source: header.source)
    header.addressSpace = self.header.addressSpace
    header.routing = self.header.routing
    var named = Trace(header: header)
    for content in contents { named.define(content) }
    var step = "start"
    var known: [String: SiteID] = [:]
    for event in events {
      if event.kind == .mark {
        step = mark(of: event).step ?? step
        named.append(mark(of: event), thread: event.thread)
        continue
      }
      let text = "\(step): \(event.what(places))"
      let site = known[text] ?? named.define(Site(text))
      known[text] = site
      named.append(event, of: self, at: site)
    }
    return named
  }
}

extension Trace {
  /// Adds an event of another trace, which is no mark, at a site of this one.
  private mutating func append(_ event: Event, of other: Trace, at site: SiteID) {
    if event.kind.isStore {
      appendStore(
        event.kind,
        address: event.address,
        bytes: other.bytes(of: event),
        thread: event.thread,
        site: site
      )
    } else {
      append(
        Event(
          event.kind,
          address: event.address,
          size: event.size,
          payload: event.payload,
          thread: event.thread,
          site: site
        )
      )
    }
  }
}

extension Mark {
  /// The step that begins with it.
  fileprivate var step: String? {
    switch self {
    case .label(let text): text
    case .begin(let operation) where [.format, .open].contains(operation.kind):
      operation.kind.rawValue
    default: nil
    }
  }
}

extension Event {
  fileprivate func what(_ places: StoredPlaces) -> String {
    size == 0 ? "\(kind)" : places.name(of: Int(address))
  }
}
