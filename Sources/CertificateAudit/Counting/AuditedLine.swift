import BigInt
import PersistencyModel

/// A line while the trace is replayed: the parts that a crash may still lose, and in how many ways.
struct AuditedLine {
  let domain: PersistenceDomain
  let device: Int
  /// Not guaranteed, in issue order.
  private(set) var parts: [Part] = []
  /// The bytes that every crash leaves.
  private(set) var durable: LineBytes
  /// Down-closed sets of the parts.
  private(set) var count: BigUInt = 1
  private var bypassing = 0

  init(domain: PersistenceDomain, device: Int, durable: LineBytes) {
    self.domain = domain
    self.device = device
    self.durable = durable
  }

  /// Adds the parts of one store, which is the latest.
  mutating func issue(_ new: [Part], _ reading: AuditReading) {
    parts += new
    bypassing += new.count { $0.bypassesCache }
    guard isLayered(reading) else { return recount(reading) }
    count += Self.incomplete(new.count, reading)
  }

  /// Whether some part is chosen.
  func holds(_ isChosen: (Part) -> Bool) -> Bool { parts.contains(where: isChosen) }

  /// Makes the chosen parts, and what every crash that keeps them keeps, guaranteed; or puts them in the queue.
  mutating func force(
    intoQueue: Bool,
    _ reading: AuditReading,
    bytes: (Part) -> [UInt8],
    _ isChosen: (Part) -> Bool
  ) {
    var forced = parts.map(isChosen)
    // What a flush or fence chooses of cached stores alone begins with the first: it is closed.
    if !isLayered(reading) { close(&forced, reading) }
    var rest: [Part] = []
    for (index, part) in parts.enumerated() {
      guard forced[index] else {
        rest.append(part)
        continue
      }
      if intoQueue {
        rest.append(part)
        rest[rest.count - 1].isQueued = true
      } else {
        apply(part, bytes(part))
      }
    }
    guard rest.count < parts.count || intoQueue else { return }
    parts = rest
    bypassing = parts.count { $0.bypassesCache }
    recount(reading)
  }

  private mutating func apply(_ part: Part, _ bytes: [UInt8]) {
    for (place, byte) in bytes.enumerated() { durable[part.offset + place] = byte }
  }

  /// Whether stores lie on one another whole: what is kept is some stores and a part of the next.
  private func isLayered(_ reading: AuditReading) -> Bool {
    reading.ordering == .line && bypassing == 0
  }

  /// Down-closed sets of one store's parts but the full one.
  private static func incomplete(_ parts: Int, _ reading: AuditReading) -> BigUInt {
    reading.splitting == .w8seq ? BigUInt(parts) : (BigUInt(1) << parts) - 1
  }

  private mutating func recount(_ reading: AuditReading) {
    guard isLayered(reading) else {
      count = WordChains(parts, reading).count()
      return
    }
    count = 1
    var first = 0
    while first < parts.count {
      let end = parts[first...].firstIndex { $0.store != parts[first].store } ?? parts.count
      count += Self.incomplete(end - first, reading)
      first = end
    }
  }

  /// Adds what must be kept with something chosen, until nothing is added.
  private func close(_ forced: inout [Bool], _ reading: AuditReading) {
    var wave = forced.indices.filter { forced[$0] }
    while let later = wave.popLast() {
      for earlier in 0..<later
      where !forced[earlier] && reading.keeps(parts[earlier], with: parts[later]) {
        forced[earlier] = true
        wave.append(earlier)
      }
    }
  }
}
