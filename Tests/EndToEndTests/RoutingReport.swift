import Testing

/// What the text of a finding says about lost lines and about flush requests.
struct RoutingReport {
  private struct Lost: Hashable {
    var line: Int
    var device: String
  }

  private struct Request {
    var number: UInt64
    var address: Int
    var size: Int
    var routing: String
    var reached: String
    var behind: [Lost]
  }

  private let text: [String]
  private var lost: [Lost] = []
  private var requests: [Request] = []

  /// Reads the lines of a finding.
  init(_ text: [String]) {
    self.text = text
    for line in text {
      if let found = line.firstMatch(of: /^ +lost: line (\d+) on (\w+), piece/) {
        lost.append(Lost(line: Int(found.1) ?? -1, device: String(found.2)))
      } else if let found = line.firstMatch(of: /^ +lost: and \d+ pieces of (.+)$/) {
        lost += Self.lines(in: found.1)
      }
      guard
        let found = line.firstMatch(
          of:
            #/
            flush\ request\ (\d+)\ for\ 0x([0-9a-f]+),\ (\d+)\ bytes,
            \ routed\ ([a-z-]+),\ reached\ (.+);\ stayed\ behind:\ (.+)$
            /#
        )
      else { continue }
      requests.append(
        Request(
          number: UInt64(found.1) ?? 0,
          address: Int(found.2, radix: 16) ?? -1,
          size: Int(found.3) ?? -1,
          routing: String(found.4),
          reached: String(found.5),
          behind: Self.lines(in: found.6)
        )
      )
    }
  }

  /// The lines that "line 5 on D0, lines 7 to 9 on D1" names.
  private static func lines(in words: Substring) -> [Lost] {
    words.matches(of: /lines? (\d+)(?: to (\d+))? on (\w+)/).flatMap { found in
      let first = Int(found.1) ?? -1
      return (first...(found.2.flatMap { Int($0) } ?? first)).map {
        Lost(line: $0, device: String(found.3))
      }
    }
  }

  /// Expects a lost line where a request did not reach, and each request told as it was.
  func expectNames(
    _ known: [RoutingRequest],
    on split: RoutingSplit,
    routed reach: RoutingReach
  ) {
    let unreached = Set(known.flatMap(\.leftBehind))
    #expect(lost.contains { unreached.contains($0.line) }, "\(text)")
    #expect(!requests.isEmpty, "\(text)")
    for lost in lost { #expect(lost.device == Self.device(of: lost.line, in: split)) }
    for request in requests {
      guard let own = known.first(where: { $0.number == request.number }) else {
        Issue.record("There is no request \(request.number): \(text)")
        continue
      }
      #expect(own.range == request.address..<(request.address + request.size))
      #expect(request.routing == reach.rawValue)
      #expect(request.reached == own.reachedWords(on: split))
      #expect(!request.behind.isEmpty)
      for line in request.behind {
        #expect(own.leftBehind.contains(line.line) && lost.contains(line), "\(text)")
        if reach == .firstDevice { #expect(line.device != "D0") }
      }
    }
  }

  private static func device(of line: Int, in split: RoutingSplit) -> String {
    "D\(split.place(of: line * 64).device)"
  }
}
