import PersistencyModel

/// Marks as records: `MARK;text`, `BEGIN;number;kind[;fua][;sectors=FIRST+COUNT][;content=A,B]`, `ACK;number`.
enum MarkRecord {
  /// The mark of a record whose keyword has been taken; `nil` for another keyword.
  static func mark(
    _ keyword: String,
    _ line: Span<UInt8>,
    _ fields: inout TextFields,
    _ contents: ContentTable
  ) throws(TraceFormatError) -> Mark? {
    switch keyword {
    case "MARK":
      let rest = fields.takeRest(line) ?? line.count..<line.count
      return .label(try TextEscape.text(line, rest))
    case "BEGIN":
      return .begin(try operation(line, &fields, contents))
    case "ACK":
      let number = try fields.number(
        "an operation's number",
        in: 0...UInt64(UInt32.max),
        line
      )
      try fields.end(line)
      return .acknowledge(UInt32(number))
    default:
      return nil
    }
  }

  /// Appends a mark; `names` are those of the contents.
  static func append(_ mark: Mark, names: [String], to line: inout [UInt8]) {
    switch mark {
    case .label(let text):
      line.append(contentsOf: "MARK;".utf8)
      TextEscape.append(text, to: &line)
    case .acknowledge(let number):
      line.append(contentsOf: "ACK;\(number)".utf8)
    case .begin(let operation):
      append(operation, names: names, to: &line)
    }
  }

  private static func append(_ operation: Operation, names: [String], to line: inout [UInt8]) {
    line.append(contentsOf: "BEGIN;\(operation.number);\(operation.kind.rawValue)".utf8)
    if operation.isForced { line.append(contentsOf: ";fua".utf8) }
    if operation.sectors != 0..<0 {
      line.append(
        contentsOf: ";sectors=\(operation.sectors.lowerBound)+\(operation.sectors.count)".utf8
      )
    }
    for (index, content) in operation.contents.enumerated() {
      line.append(contentsOf: index == 0 ? ";content=".utf8 : ",".utf8)
      ContentRecord.appendName(names[Int(content)], to: &line)
    }
  }

  private static func operation(
    _ line: Span<UInt8>,
    _ fields: inout TextFields,
    _ contents: ContentTable
  ) throws(TraceFormatError) -> Operation {
    let number = try fields.number("an operation's number", in: 0...UInt64(UInt32.max), line)
    let name = try fields.text("an operation's kind", line)
    guard let kind = OperationKind(rawValue: name) else {
      throw TraceFormatError(.unknown("kind of operation", name))
    }
    var operation = Operation(number: UInt32(number), kind: kind)
    while let field = fields.take(line) { try option(line, field, contents, &operation) }
    try checkSize(operation, contents)
    return operation
  }

  private static func option(
    _ line: Span<UInt8>,
    _ field: Range<Int>,
    _ contents: ContentTable,
    _ operation: inout Operation
  ) throws(TraceFormatError) {
    if hasPrefix("sectors=", line, field) {
      operation.sectors = try sectors(line, field.dropFirst(8))
    } else if hasPrefix("content=", line, field) {
      operation.contents = try list(line, field.dropFirst(8), contents)
    } else if rawText(line, field) == "fua" {
      operation.isForced = true
    } else {
      throw TraceFormatError(
        .expected("fua, sectors= or content=", found: quoted(rawText(line, field)))
      )
    }
  }

  private static func sectors(
    _ line: Span<UInt8>,
    _ field: Range<Int>
  ) throws(TraceFormatError) -> Range<UInt64> {
    let limit = UInt64(Int64.max) / 512
    if let plus = field.first(where: { line[$0] == UInt8(ascii: "+") }),
      let first = TextNumber.value(line, field.lowerBound..<plus), first <= limit,
      let count = TextNumber.value(line, (plus + 1)..<field.upperBound), count <= limit
    {
      return first..<(first + count)
    }
    throw TraceFormatError(
      .expected("sectors as FIRST+COUNT", found: quoted(rawText(line, field)))
    )
  }

  private static func list(
    _ line: Span<UInt8>,
    _ field: Range<Int>,
    _ contents: ContentTable
  ) throws(TraceFormatError) -> [ContentID] {
    var numbers: [ContentID] = []
    var start = field.lowerBound
    for index in field.lowerBound...field.upperBound
    where index == field.upperBound || line[index] == UInt8(ascii: ",") {
      numbers.append(try contents.number(of: TextEscape.text(line, start..<index)))
      start = index + 1
    }
    return numbers
  }

  /// The contents have one size and fill the sectors.
  private static func checkSize(
    _ operation: Operation,
    _ contents: ContentTable
  ) throws(TraceFormatError) {
    guard let first = operation.contents.first else { return }
    let size = contents.size(of: first)
    for content in operation.contents where contents.size(of: content) != size {
      throw TraceFormatError(
        .expected("contents of one size, \(size) bytes", found: "\(contents.size(of: content))")
      )
    }
    guard size * operation.contents.count == operation.sectors.count * 512 else {
      throw TraceFormatError(
        .expected(
          "contents for \(operation.sectors.count) sectors",
          found: "\(operation.contents.count) of \(size) bytes"
        )
      )
    }
  }

  private static func hasPrefix(
    _ prefix: StaticString,
    _ line: Span<UInt8>,
    _ field: Range<Int>
  ) -> Bool {
    rawText(line, field.prefix(prefix.utf8CodeUnitCount)) == prefix.description
  }
}
