import PersistencyModel

// What the states left answer to a question about one line.
extension CrashBox {
  /// What is left to decide before a question about a line has one answer.
  enum Openness {
    /// Every state left gives the answer that `current` gives.
    case answered
    /// A component decides: its candidates by answer, those that keep most first.
    case open(ComponentPath, [[Int32]])
    /// A component has too many ideals to list.
    case tooWide
  }

  /// Whether the states left agree on the answer to a question about a line.
  func openness(_ slot: Int, _ number: Int32, of table: QuestionTable, limit: Int) -> Openness {
    let components = components(slot)
    if components.isEmpty { return .answered }
    let mask = table.masks[Int(number)].words
    var isValue = false
    switch table[number] {
    case .among: return opennessAmong(slot, number, of: table, limit: limit)
    case .bytes: isValue = true
    case .below, .equal: break
    }
    for (index, component) in components.enumerated() {
      let open = component.component.mask.words & mask
      if open == .zero { continue }
      if isValue && open & ~component.resolved.words == .zero { continue }
      guard component.list(limit: limit) else { return .tooWide }
      let groups = component.groups(number, of: table)
      if groups.count > 1 { return .open(ComponentPath(slot: slot, index: index), groups) }
    }
    return .answered
  }

  /// As `openness`; answered as well once no candidate agrees with what is already decided.
  private func opennessAmong(
    _ slot: Int,
    _ number: Int32,
    of table: QuestionTable,
    limit: Int
  ) -> Openness {
    var constant = LineBytes.mask(0..<64)
    var alive = UInt64.max
    var first: Openness?
    for (index, component) in components(slot).enumerated() {
      let mask = component.component.mask
      constant.words &= ~mask.words
      guard component.list(limit: limit) else { return .tooWide }
      let groups = component.groups(number, of: table)
      if groups.count > 1 {
        first = first ?? .open(ComponentPath(slot: slot, index: index), groups)
      } else {
        let content = component.contents[Int(groups[0][0])]
        alive &= table[number].answer(content, within: mask).words[0]
      }
    }
    alive &= table[number].answer(current[slot], within: constant).words[0]
    return alive == 0 ? .answered : first ?? .answered
  }

  /// Every answer that some state left gives, and perhaps more; `nil` when there are too many to list.
  func answers(_ slot: Int, _ number: Int32, of table: QuestionTable, limit: Int) -> [LineBytes]? {
    switch openness(slot, number, of: table, limit: limit) {
    case .answered: return [table[number].answer(current[slot])]
    case .tooWide: return nil
    case .open(let path, let groups):
      let component = self[path]
      return groups.map { group in
        let content = component.contents[Int(group[0])]
        return table[number].answer(
          current[slot].merging(content, mask: component.component.mask)
        )
      }
    }
  }
}
