import Glibc
import PersistencyModel
import Testing
import TraceFormat

/// The END record of a recording in text form.
struct TextSealTests {
  /// A native recording of every kind of line, as text.
  private func recording() throws -> [Substring] {
    var trace = Trace(header: TraceHeader(source: .native))
    let site = trace.define(Site("main"))
    trace.append(.begin(Operation(number: 1, kind: .flush)))
    trace.appendStore(.store, address: 64, bytes: [1, 2], site: site)
    trace.append(Event(.clwb, address: 64, size: 64, site: site))
    trace.append(Event(.sfence, site: site))
    trace.append(.acknowledge(1))
    let path = "\(temporaryName()).trace"
    defer { unlink(path) }
    try TraceWriter.write(trace, to: path)
    let bytes = try DecodedFile.bytes(ofFile: path)
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  }

  private func temporaryName() -> String {
    "/dev/shm/fencepost-seal-\(UInt64.random(in: 0...(.max)))"
  }

  private func read(_ lines: [Substring]) throws -> ReadSummary {
    let text = lines.joined(separator: "\n") + "\n"
    return try TraceReader.trace(bytes: Array(text.utf8), named: "recording").summary
  }

  @Test func anIntactRecordingIsComplete() throws {
    #expect(try read(recording()).isComplete)
  }

  @Test func anyLineLeftOutIsNoticed() throws {
    let lines = try recording()
    for missing in lines.indices {
      let rest = lines.indices.filter { $0 != missing }.map { lines[$0] }
      let isComplete = (try? read(rest))?.isComplete ?? false
      // Without the line that names the source it is somebody's own text, which needs no seal.
      #expect(!isComplete, "line \(missing + 1), \(lines[missing]), was left out unnoticed")
    }
  }

  @Test func anyChangedLineIsNoticed() throws {
    let lines = try recording()
    for changed in lines.indices {
      var edited = lines
      edited[changed] += "0"
      #expect((try? read(edited))?.isComplete != true, "line \(changed + 1) was changed unnoticed")
    }
  }

  @Test func aTextOfSomebodysOwnNeedsNoSeal() throws {
    #expect(try read(["STORE;0;1;8;t", "END"]).isComplete)
  }
}
