import CacheSpecification
import PersistencyModel
import Testing

@Suite struct FormatTests {
  private let refused = Observation.refused(reason: "Invalid magic")

  private func history() throws -> CacheHistory {
    var script = HistoryScript()
    script.label("start")
    script.run(.format)
    script.write(0, "a")
    return try script.history()
  }

  @Test func beforeFormatAnythingGoes() throws {
    let history = try history()
    #expect(history.judge(refused, at: 1).isEmpty)
    #expect(history.judge(.unformatted, at: 1).isEmpty)
    #expect(history.judge([5: "x"], at: 1).isEmpty)
  }

  @Test func insideFormatADeviceIsFormattedOrFormattedAgain() throws {
    let history = try history()
    #expect(history.judge(.unformatted, at: 2).isEmpty)
    #expect(history.judge([UInt64: String](), at: 2).isEmpty)
    let violation = try #require(history.judge(refused, at: 2).first)
    #expect(violation.kind == .metadataUnrecoverable)
    #expect(violation.severity == .refusesToStart)
    #expect(violation.operations == [1])
    #expect(
      violation.promise == """
        format #1 was begun: a crash inside it leaves a formatted device, or one that is formatted \
        again; it is refused: Invalid magic
        """
    )
    #expect(history.judge(.errorState(reason: "x"), at: 2).count == 1)
    #expect(history.judge([5: "x"], at: 2).map(\.kind) == [.foreignData])
  }

  @Test func afterFormatTheDeviceComesIntoService() throws {
    let history = try history()
    #expect(history.judge(.unformatted, at: 3).map(\.kind) == [.metadataUnrecoverable])
    #expect(history.judge(refused, at: 3).map(\.kind) == [.metadataUnrecoverable])
    #expect(history.judge([UInt64: String](), at: 3).isEmpty)
    #expect(history.boundaries == [2, 3])
  }
}
