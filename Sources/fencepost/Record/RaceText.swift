import Checker
import PersistencyModel

/// Persistency races of a recording, in words.
struct RaceText {
  let trace: Trace

  /// A sentence with the places of both stores and of the read.
  func sentence(of race: PersistencyRace) -> String {
    let source = trace.events[race.source]
    let effect = trace.events[race.effect]
    let more = race.count == 1 ? "" : "; \(race.count - 1) more of the same two places"
    return
      "persistency race: thread \(effect.thread) read, at \(place(race.readSite)), what thread "
      + "\(source.thread) stored at \(place(source.site)) (event \(race.source + 1)), and its own store at "
      + "\(place(effect.site)) (event \(race.effect + 1)) was durable (event \(race.durableAt + 1)) before "
      + "that was: a crash in between leaves what may be derived from it alone\(more)"
  }

  private func place(_ site: SiteID) -> String {
    trace.site(site).description
  }
}
