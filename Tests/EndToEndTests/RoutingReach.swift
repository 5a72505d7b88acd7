import Testing

/// Which lines of a flush request are written back, by the words of each router's description.
///
/// Source: dm-writecache reference 5.7, RT3 (`first-device`) and RT2 (`first-segment`).
enum RoutingReach: String, CaseIterable, CustomTestStringConvertible {
  case correct
  case firstDevice = "first-device"
  case firstSegment = "first-segment"

  var testDescription: String { rawValue }

  /// Lines, by number, that devices write back for a request; those in an eADR domain need nothing.
  func lines(of request: Range<Int>, in split: RoutingSplit) -> [Int] {
    let first = split.place(of: request.lowerBound)
    return Self.lines(touchedBy: request).filter { line in
      let place = split.place(of: line * 64)
      guard !split.devices[place.device].isEADR else { return false }
      return switch self {
      case .correct: true
      case .firstDevice: place.device == 0
      case .firstSegment: place.segment == first.segment && place.chunk == first.chunk
      }
    }
  }

  /// Lines that share a byte with a range of the stack.
  static func lines(touchedBy range: Range<Int>) -> [Int] {
    Array((range.lowerBound / 64)...((range.upperBound - 1) / 64))
  }
}
