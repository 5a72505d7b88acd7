internal import CShim
import PersistencyModel

// SAFETY: `frames` has room for twice the frames that are asked for, is allocated in `init` and released in
// `deinit`; frames of callers are followed within the bounds of the stack.
/// Gives each call place, or each call stack, one number.
@safe struct SiteBook: ~Copyable {
  /// Marks an address in a bridge to a protocol's method: the site is one frame further out.
  private static let bridge = UInt32.max

  private let depth: SiteDepth
  private var table = AddressTable()
  private var stacks: [[UInt64]] = []
  private var frames: UnsafeMutablePointer<UInt64>
  /// Number of sites given so far.
  private(set) var count: SiteID = 0
  /// Sites that no sink has seen yet.
  private(set) var undelivered: [Site] = []
  /// The calling thread's stack.
  var stack: Range<UInt64>

  init(depth: SiteDepth) {
    self.depth = depth
    stack = Self.currentStack()
    // SAFETY: room for the frames that are found, and as many of our own above them.
    unsafe frames = .allocate(capacity: 2 * SiteDepth.maximumFrames)
  }

  deinit { unsafe frames.deallocate() }

  /// The bounds of the calling thread's stack; empty if they cannot be told.
  static func currentStack() -> Range<UInt64> {
    var low: UInt64 = 0
    var high: UInt64 = 0
    // SAFETY: both outlive the call.
    return unsafe cshim_stack_bounds(&low, &high) ? low..<high : 0..<0
  }

  /// The number of the place of a call; constant time for a place seen before.
  @inline(__always) mutating func number(of caller: Caller) -> SiteID {
    guard depth == .returnAddress else { return unsafe stackNumber(of: caller) }
    if let known = unsafe table.find(caller.returnAddress), known != Self.bridge { return known }
    return unsafe rareNumber(of: caller)
  }

  /// Forgets the sites that were delivered.
  mutating func delivered() { undelivered.removeAll(keepingCapacity: true) }

  /// The number of a place not seen before, or behind a bridge.
  @inline(never) private mutating func rareNumber(of caller: Caller) -> SiteID {
    let address = unsafe caller.returnAddress
    if table.find(address) == nil { return unsafe define(caller) }
    let outer = unsafe outerAddress(of: caller)
    if let known = table.find(outer) { return known == Self.bridge ? 0 : known }
    return define(outer, KnownPlaces.place(of: outer))
  }

  private mutating func define(_ caller: Caller) -> SiteID {
    let address = unsafe caller.returnAddress
    let place = KnownPlaces.place(of: address)
    guard place.isWitnessThunk else { return define(address, place) }
    table.insert(address, Self.bridge)
    return unsafe rareNumber(of: caller)
  }

  private mutating func define(_ address: UInt64, _ place: CodeAddress) -> SiteID {
    let site = add(Site(frames: [place.frame]))
    table.insert(address, site)
    return site
  }

  /// Where the bridge that called returns to: one frame further out.
  private func outerAddress(of caller: Caller) -> UInt64 {
    var found: (UInt64, UInt64) = (0, 0)
    // SAFETY: room for two addresses; the walk stays inside the stack's bounds.
    let count = unsafe withUnsafeMutableBytes(of: &found) { room in
      unsafe cshim_walk_frames(
        caller.frame,
        stack.lowerBound,
        stack.upperBound,
        room.assumingMemoryBound(to: UInt64.self).baseAddress,
        2
      )
    }
    return unsafe count == 2 ? found.1 : caller.returnAddress
  }

  /// The number of a whole stack.
  @inline(never) private mutating func stackNumber(of caller: Caller) -> SiteID {
    let found = unsafe collect(caller)
    var key: UInt64 = 0x517c_c1b7_2722_0a95
    for index in 0..<found.count {
      key = unsafe (key ^ found[index]) &* 0x9e37_79b9_7f4a_7c15
      key ^= key >> 29
    }
    while true {
      if key == 0 { key = 1 }
      guard let known = table.find(key) else { break }
      if unsafe known == 0 || stacks[Int(known) - 1].elementsEqual(found) { return known }
      key = key &* 0x9e37_79b9_7f4a_7c15 &+ 1
    }
    let addresses = unsafe Array(found)
    let places = addresses.map(KnownPlaces.place)
    let telling = places.filter { !$0.isWitnessThunk }
    let site = add(Site(frames: (telling.isEmpty ? places : telling).map(\.frame)))
    if site != 0 { stacks.append(addresses) }
    table.insert(key, site)
    return site
  }

  /// The return addresses from the caller outwards.
  private func collect(_ caller: Caller) -> UnsafeBufferPointer<UInt64> {
    let wanted = Int32(depth.frames)
    if case .unwindTables = depth {
      // SAFETY: there is room for so many addresses.
      let count = unsafe Int(cshim_unwind(frames, wanted + 8))
      let all = unsafe UnsafeBufferPointer(start: frames, count: max(count, 0))
      if let first = unsafe all.firstIndex(of: caller.returnAddress) {
        let end = min(first + Int(wanted), all.count)
        return unsafe UnsafeBufferPointer(rebasing: all[first..<end])
      }
    }
    // SAFETY: as above; the walk stays inside the stack's bounds.
    let count = unsafe cshim_walk_frames(
      caller.frame,
      stack.lowerBound,
      stack.upperBound,
      frames,
      wanted
    )
    if count == 0 { unsafe frames[0] = caller.returnAddress }
    return unsafe UnsafeBufferPointer(start: frames, count: max(Int(count), 1))
  }

  /// Gives the next number; 0, "not known", when there are no more.
  private mutating func add(_ site: Site) -> SiteID {
    guard count < Event.maximumSite else { return 0 }
    count += 1
    undelivered.append(site)
    return count
  }
}
