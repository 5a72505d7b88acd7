import Foundation
import TestSupport
import Testing

@testable import fencepost

/// A change to a certificate that is sealed anew, and the field that is then refused.
struct Forgery: Sendable, CustomTestStringConvertible {
  let field: String
  let change: @Sendable (inout CertificateRecord) -> Void

  init(_ field: String, _ change: @escaping @Sendable (inout CertificateRecord) -> Void) {
    self.field = field
    self.change = change
  }

  var testDescription: String { field }
}

private let forgeries = [
  Forgery("crashPoints") { $0.crashPoints += 1 },
  Forgery("shrinkingEvents") { $0.shrinkingEvents -= 1 },
  Forgery("permittedChoices") { $0.permittedChoices = "1" + $0.permittedChoices },
  Forgery("permittedChoices") { $0.executed = "0" },
  Forgery("executed") { $0.recoveryRuns = 0 },
  Forgery("permittedChoices") { $0.merged[0].choices = "1000" },
  Forgery("excluded, outside the scope") { $0.moveExcludedToMerged() },
  Forgery("distinctImages.count") { $0.distinctImages.count = "1" },
  Forgery("distinctImages.basis") { $0.distinctImages.basis = .enumerated },
  Forgery("excluded") { $0.verdict = "consistent" },
  Forgery("reasons") { $0.reasons = [] },
  Forgery("traceDigest") { $0.traceDigest = "sha256:00" },
  Forgery("traceEvents") { $0.traceEvents = 16 },
  Forgery("fidelity") { $0.fidelity = [] },
  Forgery("model") { $0.model = "Px86" },
  Forgery("promiseChanges") { $0.promiseChanges = "1" },
  Forgery("promiseChanges") { $0.promiseChanges = "1-99999999999" },
  Forgery("permittedChoices") { $0.options.tear = "line" },
  Forgery("model") { $0.options.order = "word" },
  Forgery("permittedChoices") { $0.options.order = "word" },
  Forgery("permittedChoices") { $0.options.weakClflush = true },
  Forgery("crashPoints") { $0.options.domain = "eadr" },
  Forgery("options.routing") { $0.options.routing = "nowhere" },
  Forgery("permittedChoices") { $0.options.routing = "first-device" },
  Forgery("permittedChoices") { $0.options.fencesFrom = "second" },
  Forgery("permittedChoices") { $0.options.without = ["5"] },
  Forgery("options.without") { $0.options.without = ["1-18"] },
  Forgery("permittedChoices") { $0.options.without = ["@2:fence"] },
  Forgery("options.without") { $0.options.without = ["@99"] },
  Forgery("options.without") { $0.options.without = ["@2:flush"] },
  Forgery("permittedChoices") { $0.options.asPlain = ["12"] },
  Forgery("permittedChoices") { $0.options.asPlain = ["@5"] },
  Forgery("options.asPlain") { $0.options.asPlain = ["13"] },
  Forgery("options.asPlain") { $0.options.asPlain = ["@6"] },
  Forgery("nested") { $0.nested = .init(recoveries: 1, choices: "1", recoveryRuns: 1, depth: 1) },
  Forgery("excluded, outside the scope") { $0.options.skip = [] },
  Forgery("excluded, outside the scope") { $0.options.crashWithin = ["W"] },
  Forgery("marks") { $0.marks = [.init(after: 99, operation: 1, kind: .begin)] },
  Forgery("crashPoints") { $0.addressSpace.devices[0].domain = "eadr" },
  Forgery("addressSpace") { $0.addressSpace.segments.removeLast() },
]

/// Certificates that were damaged or forged.
@Suite struct TamperedCertificateTests {
  private let certified: CertifiedTrace
  private let path: String

  init() throws {
    certified = try CertifiedTrace()
    path = try certified.certificate(["--skip", "W", "--routing", "correct"]).path
  }

  @Test func everyFieldChangedInTurnIsRefusedOrIsNoCertificate() throws {
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
    let changes = changed(object)
    #expect(changes.count > 90)
    for (place, change) in changes {
      let bytes = try JSONSerialization.data(withJSONObject: change)
      let file = try certified.scratch.file("changed.cert", [UInt8](bytes)).path
      #expect(try isRefused(file), "\(place)")
    }
  }

  @Test(arguments: forgeries)
  func aForgedFieldIsRefusedByName(_ forgery: Forgery) throws {
    let document = try CertificateDocument.read(path)
    #expect(try certified.mismatches(document) == [])
    let mismatches = try certified.mismatches(document, after: forgery.change)
    #expect(mismatches.contains { $0.hasPrefix("\(forgery.field): ") }, "\(mismatches)")
  }

  @Test func aTruncatedCertificateIsNone() throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    for length in stride(from: 0, to: bytes.count - 2, by: 41) {
      let file = try certified.scratch.file("cut.cert", Array(bytes[..<length])).path
      let error = #expect(throws: ToolFailure.self) { try CertificateDocument.read(file) }
      #expect(error?.exitCode == 65)
      #expect(error?.description.contains("$: not JSON") ?? false)
    }
  }

  @Test(arguments: [
    ("crashPoints\" : ", "1e400", "$: not JSON"),
    ("crashPoints\" : ", "\"8\"", "$.certificate.crashPoints: expected a whole number"),
    ("permittedChoices\" : ", "12", "$.certificate.permittedChoices: expected a text"),
    ("permittedChoices\" : ", "\"-1\"", "$.certificate.permittedChoices: \"-1\" is not a number"),
    ("permittedChoices\" : ", "\"\(String(repeating: "9", count: 1_100_000))\"", "1100000 digits"),
    ("tear\" : ", "\"w9\"", "$.certificate.options.tear: there is no w9"),
    ("level\" : ", "\"9\"", "$.certificate.options.level: there is no 9"),
    ("policy\" : ", "\"hope\"", "$.certificate.options.policy: there is no hope"),
    ("size\" : ", "18446744073709551615", "$.certificate.addressSpace.devices[0].size: too large"),
    ("length\" : ", "18446744073709551615", "$.certificate.addressSpace.segments[0]: "),
    ("device\" : ", "-1", "$.certificate.addressSpace.segments[0]: an extent lies inside a device"),
    ("begin\" : ", "1", "$.certificate.addressSpace.segments[0]: segments ascend"),
    ("schemaVersion\" : ", "2", "$.schemaVersion: 2 is not 1"),
    ("basis\" : ", "\"guessed\"", "$.certificate.distinctImages.basis"),
    ("verdict\" : ", "\"perfect\"", "$.certificate.verdict: there is no perfect"),
  ])
  func whatIsNoCertificateIsRefusedWithItsPath(
    _ field: String,
    _ value: String,
    _ sentence: String
  ) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let start = try #require(text.firstRange(of: field)?.upperBound)
    let end = try #require(text[start...].firstIndex { $0 == "," || $0 == "\n" })
    let file = try certified.scratch.text(
      "odd.cert",
      text.replacingCharacters(in: start..<end, with: value)
    )
    let run = try Tool.fencepost.run(["certificate", "verify", file, certified.trace])
    #expect(run.status == 65)
    #expect(!run.isSignalled)
    #expect(run.errors.contains(sentence), "\(run.errors.prefix(400))")
  }

  private func isRefused(_ file: String) throws -> Bool {
    do {
      return try !certified.mismatches(try .read(file)).isEmpty
    } catch is CertificateFormatError {
      return true
    } catch let failure as ToolFailure {
      return failure.exitCode == 65
    }
  }

  /// Each way to change one leaf of a JSON value, or to leave out one member, with its path.
  private func changed(_ value: Any, at path: String = "$") -> [(String, Any)] {
    if let object = value as? [String: Any] {
      return object.keys.sorted().flatMap { key in
        var without = object
        without[key] = nil
        let member = "\(path).\(key)"
        return [("\(member) left out", without)]
          + changed(object[key] ?? "", at: member).map { place, other in
            var copy = object
            copy[key] = other
            return (place, copy)
          }
      }
    }
    if let array = value as? [Any] {
      let longer = array.isEmpty ? [] : [("\(path) longer", array + array.suffix(1))]
      return longer
        + array.indices.flatMap { index in
          [
            (
              "\(path)[\(index)] left out",
              array.enumerated().filter { $0.offset != index }.map(\.element)
            )
          ]
            + changed(array[index], at: "\(path)[\(index)]").map { place, other in
              var copy = array
              copy[index] = other
              return (place, copy)
            }
        }
    }
    if let text = value as? String { return [(path, text + "1")] }
    let number = value as? NSNumber ?? 0
    // JSON's true and false arrive as numbers of C's type char.
    let isFlag = String(cString: number.objCType) == "c"
    return [(path, isFlag ? !number.boolValue : number.intValue + 1)]
  }
}

extension CertificateRecord {
  fileprivate mutating func moveExcludedToMerged() {
    merged.append(contentsOf: excluded)
    excluded = []
  }
}
