/// Which process of a log is read.
enum PmemcheckChoice {
  /// The index of the process that a user named by id or position, or of the first one's complete part.
  static func choose(
    _ wanted: String?,
    among sections: [PmemcheckSection]
  ) throws(TraceFormatError) -> Int {
    guard let wanted else { return byDefault(sections) }
    guard let number = UInt64(wanted) else { throw unknown(wanted, sections) }
    let same = sections.indices.filter { sections[$0].pid == number }
    if let complete = same.first(where: { sections[$0].damage == nil }) ?? same.first {
      return complete
    }
    guard number >= 1, number <= sections.count else { throw unknown(wanted, sections) }
    return Int(number) - 1
  }

  /// A sentence about a choice that was made without being asked; `nil` where there was none to make.
  static func remark(on choice: Int, among sections: [PmemcheckSection]) -> String? {
    guard sections.count > 1 else { return nil }
    return "\(sections.count) processes wrote this log: "
      + sections.indices.map { name(of: $0, in: sections) }.joined(separator: ", ")
      + "; reading number \(choice + 1) (choose another with --process)"
  }

  private static func byDefault(_ sections: [PmemcheckSection]) -> Int {
    let first = sections.first?.startPID
    return sections.firstIndex { $0.damage == nil && $0.pid == first }
      ?? sections.firstIndex { $0.damage == nil } ?? 0
  }

  private static func unknown(
    _ wanted: String,
    _ sections: [PmemcheckSection]
  ) -> TraceFormatError {
    let names = sections.indices.map { name(of: $0, in: sections) }.joined(separator: ", ")
    return TraceFormatError(
      .expected("one of the log's processes: \(names)", found: quoted(wanted))
    )
  }

  private static func name(of index: Int, in sections: [PmemcheckSection]) -> String {
    let section = sections[index]
    var text = "\(index + 1)"
    if let pid = section.pid { text += " (process \(pid)" } else { text += " (unnamed" }
    if section.isFork, let parent = section.startPID {
      text += ", forked from \(parent), whose beginning it repeats"
    }
    return text + (section.damage == nil ? ")" : ", damaged)")
  }
}
