public import PersistencyModel

/// Follows a trace and an image side by side, and knows whether the model permits the one at the other.
///
/// An image is permitted at a crash point if each of its lines is: lines are independent there.
public struct PermissionProbe {
  private let subject: PolicySubject
  private var machine: PersistencyMachine
  private var applied = 0
  private var contents: [CacheLine: LineBytes] = [:]
  private var tables: [CacheLine: LineMembership] = [:]
  private var suspects: [CacheLine: Permission] = [:]

  /// A probe at crash point 0, on initial memory.
  public init(_ subject: PolicySubject) {
    self.subject = subject
    machine = subject.machine
  }

  /// Goes on to a crash point that is not before the present one.
  ///
  /// A point inside the next store counts as the one before it.
  public mutating func advance(to point: CrashPoint) {
    precondition(point.events >= applied, "A probe goes forward")
    guard point.events > applied else { return }
    while applied < point.events {
      machine.apply(subject.trace.events[applied], at: applied, of: subject.trace) { _, _ in }
      applied += 1
    }
    for line in machine.takeChangedLines() {
      tables[line] = nil
      examine(line)
    }
  }

  /// Changes lines of the image.
  public mutating func change(_ changes: [(line: CacheLine, content: LineBytes)]) {
    for (line, content) in changes {
      contents[line] = content
      examine(line)
    }
  }

  /// Whether the image is one that a crash at the point may leave; O(lines in doubt).
  public var permission: Permission {
    if suspects.isEmpty { return .permitted }
    return suspects.values.contains(.forbidden) ? .forbidden : .unknown
  }

  private mutating func examine(_ line: CacheLine) {
    let table = tables[line] ?? LineMembership(machine.space(of: line))
    tables[line] = table
    let answer = table.permission(of: contents[line] ?? subject.initial(line))
    suspects[line] = answer == .permitted ? nil : answer
  }
}

extension PersistencyMachine {
  /// Whether a crash now may leave an image; lines not given are as they were before the first event.
  ///
  /// - Parameters:
  ///   - contents: lines of the image.
  ///   - initial: memory before the first event.
  ///   - tables: of this crash point, filled as they are needed.
  /// - Returns: the answer; O(lines stored to and lines given).
  public func permission(
    of contents: [CacheLine: LineBytes],
    initial: (CacheLine) -> LineBytes,
    tables: inout [CacheLine: LineMembership]
  ) -> Permission {
    var answer = Permission.permitted
    for line in Set(touchedLines).union(contents.keys) {
      let table = tables[line] ?? LineMembership(space(of: line))
      tables[line] = table
      switch table.permission(of: contents[line] ?? initial(line)) {
      case .permitted: break
      case .unknown: answer = .unknown
      case .forbidden: return .forbidden
      }
    }
    return answer
  }
}
