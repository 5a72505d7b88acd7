import Foundation
import PersistencyModel
import TestSupport
import Testing
import TraceFormat

/// The litmus tests of disks: the model, and a specification without it, say what their files say.
@Suite struct DiskLitmusTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "traces/litmus/disk")

  private static let names = [
    "one-sector-in-order", "two-sectors-in-any-order", "forced-write-one-sector",
    "flush-of-one-disk", "fences-do-nothing",
  ]

  @Test func everyTraceOfTheFolderIsTested() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    let traces = files.filter { $0.hasSuffix(".trace") }.map { String($0.dropLast(6)) }
    #expect(traces.sorted() == Self.names.sorted())
  }

  @Test(arguments: names)
  func aCrashLeavesWhatTheFileSays(name: String) throws {
    let file = Self.folder.appending(path: name + ".trace")
    let trace = try TraceReader.trace(file.path).trace
    let expected = try String(
      contentsOf: Self.folder.appending(path: name + ".expected"),
      encoding: .utf8
    )
    let space = try #require(trace.header.addressSpace)
    var specification = DiskSpecification(space)
    var machine = PersistencyMachine(options: ModelOptions(), addressSpace: space)
    var modelled = line("0", states(machine, trace))
    var specified = line("0", states(specification.outcomes, trace))
    for (index, event) in trace.events.enumerated() {
      if let underWay = specification.apply(event) {
        specified += line("\(index)+", states(underWay.outcomes, trace))
      }
      machine.apply(event, at: index, of: trace) { machine, point in
        if point.isInsideNext { modelled += line(point.description, states(machine, trace)) }
      }
      modelled += line("\(index + 1)", states(machine, trace))
      specified += line("\(index + 1)", states(specification.outcomes, trace))
    }
    #expect(modelled == expected)
    #expect(specified == expected)
  }

  private func line(_ point: String, _ states: Set<String>) -> String {
    "\(point): \(states.sorted().joined(separator: " "))\n"
  }

  private func sectors(_ trace: Trace) -> [UInt64] {
    guard let space = trace.header.addressSpace else { return [] }
    return stride(from: 0, to: space.end, by: 64).filter { space.diskSector(at: $0) != nil }
  }

  private func word(_ token: UInt64, _ trace: Trace) -> String {
    SectorToken(rawValue: token).content.map { trace.contents[Int($0)].name } ?? "-"
  }

  private func states(_ outcomes: Set<[UInt64: UInt64]>, _ trace: Trace) -> Set<String> {
    Set(
      outcomes.map { outcome in
        sectors(trace).map { word(outcome[$0] ?? 0, trace) }.joined(separator: ",")
      }
    )
  }

  private func states(_ machine: PersistencyMachine, _ trace: Trace) -> Set<String> {
    var states: [[String]] = [[]]
    for address in sectors(trace) {
      let contents = machine.space(of: CacheLine(containing: address)).distinctContents() ?? []
      states = states.flatMap { state in contents.map { state + [word($0.words[0], trace)] } }
    }
    return Set(states.map { $0.joined(separator: ",") })
  }
}
