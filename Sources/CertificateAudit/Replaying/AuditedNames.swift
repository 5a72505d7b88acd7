import PersistencyModel

/// The events of a trace that a certificate's option names, by their numbers from 1.
///
/// A name is a number, a range `A-B`, or `@SITE` with or without `:ROLE`; commas join several.
struct AuditedNames {
  /// What is meant where a name says only the site.
  enum Meaning { case ordering, bypassing }

  /// The option, for sentences.
  let field: String
  let meaning: Meaning

  /// The numbers of what is named.
  ///
  /// - Throws: a sentence where a name stands for nothing in the trace.
  func numbers(_ names: [String], in trace: Trace) throws(AuditError) -> Set<Int> {
    var found: Set<Int> = []
    for name in names.flatMap({ $0.split(separator: ",") }) {
      let part = name.first == "@" ? placed(name, in: trace) : counted(name, of: trace.events.count)
      guard !part.isEmpty else { throw AuditError(field, "\(name) names no events of the trace") }
      found.formUnion(part)
    }
    return found
  }

  private func counted(_ name: Substring, of count: Int) -> [Int] {
    let ends = name.split(separator: "-", maxSplits: 1).map { Int($0) ?? 0 }
    guard let first = ends.first, let last = ends.last, first > 0, first <= last, last <= count
    else { return [] }
    return Array(first...last)
  }

  private func placed(_ name: Substring, in trace: Trace) -> [Int] {
    let words = name.dropFirst().split(separator: ":", maxSplits: 1)
    guard let site = words.first.flatMap({ UInt32($0) }), site > 0 else { return [] }
    let role = words.count == 2 ? words[1] : nil
    return zip(1..., trace.events).compactMap { number, event in
      guard event.site == site, let word = word(for: event.kind) else { return nil }
      return role == nil || role.map(String.init) == word ? number : nil
    }
  }

  /// What names call an event; `nil` where the option does not speak of it.
  private func word(for kind: EventKind) -> String? {
    switch (meaning, kind) {
    case (.bypassing, .nonTemporalStore): "nonTemporalStore"
    case (.ordering, .sfence), (.ordering, .mfence), (.ordering, .lockedFence): "fence"
    case (.ordering, .clwb), (.ordering, .clflushopt), (.ordering, .clflush),
      (.ordering, .routedWriteBack), (.ordering, .flushRequest), (.ordering, .deepFlush),
      (.ordering, .msync):
      "flush"
    default: nil
    }
  }
}
