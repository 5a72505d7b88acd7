/// The counts of all programs of a run, by function and site.
struct CallProfile {
  /// A function called from one place.
  struct Row {
    var function: ProfiledFunction
    /// Callers, the nearest first, each with the frames of functions that are inlined there.
    var stack: [(place: CodePlace?, frames: [String])]
    var counts: ProfileCounts
  }

  let programs: [String]
  /// Processes with a call, children that they forked counted.
  let processes: UInt64
  let threads: UInt64
  let rows: [Row]
  let total: ProfileCounts
  let regions: [ProfileFile.Region]
  /// Lines asked to be written back after which their thread made no fence.
  let unfenced: UInt64
  let unmaps: UInt64
  let lostCalls: UInt64
  let lostRegions: UInt64

  private struct Key: Hashable {
    var function: ProfiledFunction
    var frames: [Frame]
  }

  private struct Frame: Hashable {
    var module: String?
    var offset: UInt64
  }

  /// Adds up what several programs left; the order of the files does not matter.
  init(_ files: [ProfileFile], symbolizer: Symbolizer) {
    programs = Set(files.map(\.program)).sorted()
    processes = UInt64(files.count) + files.reduce(0) { $0 + $1.forks }
    threads = files.reduce(0) { $0 + $1.threads }
    regions = Set(files.flatMap(\.regions)).sorted { ($0.path, $0.length) < ($1.path, $1.length) }
    unfenced = files.reduce(0) { $0 + $1.unfenced }
    unmaps = files.reduce(0) { $0 + $1.unmaps }
    lostCalls = files.reduce(0) { $0 + $1.lostCalls }
    lostRegions = files.reduce(0) { $0 + $1.lostRegions }
    var counts: [Key: ProfileCounts] = [:]
    for site in files.flatMap(\.sites) {
      let frames = site.frames.map { Frame(module: $0.module, offset: $0.offset) }
      counts[Key(function: site.function, frames: frames), default: ProfileCounts()] += site.counts
    }
    rows = Self.rows(counts, symbolizer)
    total = counts.values.reduce(into: ProfileCounts()) { $0 += $1 }
  }

  private static func rows(_ counts: [Key: ProfileCounts], _ symbolizer: Symbolizer) -> [Row] {
    let frames = Set(counts.keys.flatMap(\.frames))
    let ids = Dictionary(
      uniqueKeysWithValues: Set(frames.compactMap(\.module)).map { ($0, buildID(of: $0)) }
    )
    let places = frames.reduce(into: [Frame: CodePlace]()) { places, frame in
      guard let module = frame.module else { return }
      let id = ids[module] ?? nil
      places[frame] = CodePlace(module: module, buildID: id, offset: frame.offset)
    }
    let texts = symbolizer.frames(of: Array(places.values))
    let rows = counts.map { key, counts in
      let stack = key.frames.map { frame -> (place: CodePlace?, frames: [String]) in
        let unknown = "0x" + String(frame.offset, radix: 16)
        guard let place = places[frame] else { return (nil, [unknown]) }
        return (place, texts[place] ?? [place.text])
      }
      return Row(function: key.function, stack: stack, counts: counts)
    }
    return rows.sorted(by: isBefore)
  }

  private static func buildID(of module: String) -> String? { ELFNotes(path: module)?.buildID }

  /// What writes most back stands first.
  private static func isBefore(_ left: Row, _ right: Row) -> Bool {
    let (a, b) = (left.counts, right.counts)
    if (a.lines, a.calls) != (b.lines, b.calls) { return (a.lines, a.calls) > (b.lines, b.calls) }
    if left.function != right.function { return left.function.rawValue < right.function.rawValue }
    let offsets = { (row: Row) in
      row.stack.map { "\($0.place?.module ?? "") \($0.place?.offset ?? 0)" }
    }
    return offsets(left).lexicographicallyPrecedes(offsets(right))
  }
}
