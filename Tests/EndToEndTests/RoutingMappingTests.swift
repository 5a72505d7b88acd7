import PersistencyModel
import TestSupport
import Testing

@testable import fencepost

/// Splits recorded on files of their own, one of each sort.
private let recorded: [RoutingSplit] = [
  RoutingSplits.corners[0], RoutingSplits.corners[8],
  RoutingSplits.random[0], RoutingSplits.random[1], RoutingSplits.random[2],
]

@Test(arguments: recorded)
func deviceFilesHoldTheBytesWhereTheTableSaysAndTheRecordingIsTheReplay(
  of split: RoutingSplit
) throws {
  let recording = try RoutingRecording(split)
  let memory = memory(after: recording.trace, size: split.size)
  let files = try split.devices.indices.map { try recording.bytes(ofDevice: $0) }
  for line in 0..<(split.size / 64) {
    let place = split.place(of: line * 64)
    let bytes = files[place.device][place.fileOffset..<(place.fileOffset + 64)]
    if bytes != memory[(line * 64)..<(line * 64 + 64)] {
      Issue.record("Line \(line) is not at byte \(place.fileOffset) of D\(place.device)")
    }
  }
  let replay = try RoutingCheck(.ofSize(split.size), on: split, routed: .correct).trace
  #expect(facts(recording.trace) == facts(replay))
}

private func memory(after trace: Trace, size: Int) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: size)
  for event in trace.events where event.kind.isStore {
    for (offset, byte) in trace.bytes(of: event).enumerated() {
      bytes[Int(event.address) + offset] = byte
    }
  }
  return bytes
}

/// Events without sites, which differ between programs.
private func facts(_ trace: Trace) -> [[UInt64]] {
  trace.events.map { [UInt64($0.kind.rawValue), $0.address, UInt64($0.size), $0.payload] }
}

@Test(arguments: [RoutingReach.firstDevice, .firstSegment])
func eachFaultyRouterBreaksSomeSplitsAndSparesOthers(_ reach: RoutingReach) throws {
  let broken = try RoutingSplits.corners.map { split in
    let trace = try RoutingRecording.ofSize(split.size).trace
    return RoutingPromises.firstBroken(in: trace, on: split, routed: reach)
  }
  #expect(broken.contains { $0 == nil })
  let promises = Set(broken.compactMap { $0?.promise })
  #expect(promises.isSuperset(of: ["counter 1 stored", "counter 3 stored"]))
  #expect(promises.contains("format acknowledged") == (reach == .firstDevice))
}
