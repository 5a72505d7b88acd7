import Foundation
import PersistencyModel
import ReferenceCache
import TestSupport
import Testing
import TraceFormat

@Suite struct NecessityTests {
  @Test(arguments: PersistStrategy.allCases)
  func tables(_ strategy: PersistStrategy) throws {
    let trace = try NecessityWorkload.record(strategy)
    let path = "/tmp/fp/tmp-repair/nec-\(strategy.rawValue).trace"
    let writer = try TraceWriter(path: path, format: .text)
    var sink = writer
    try trace.send(to: &sink)
    try sink.finish()
  }
}
