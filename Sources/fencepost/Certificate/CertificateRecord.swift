import BigInt
import Foundation

/// A certificate as it is written: what a verdict rests on, in words and numbers that can be recounted.
///
/// Counts are decimal strings, since they exceed what JSON numbers hold. `TRACE` and this record are all
/// that a verifier needs: devices, marks and changes are inside.
struct CertificateRecord: Codable, Hashable {
  struct Reading: Codable, Hashable {
    var name: String
    var text: String
  }

  struct Share: Codable, Hashable {
    var rule: String
    var choices: String
  }

  /// A file given beside the trace, by its decompressed bytes.
  struct Image: Codable, Hashable {
    /// `initial`, `final` or `origin`.
    var role: String
    /// The device that it was named for; absent where it holds all of them.
    var device: String?
    var size: Int
    var digest: String
  }

  /// Everything that changed what is permitted or looked at.
  struct Options: Codable, Hashable {
    var tear: String
    var order: String
    var weakClflush: Bool
    var domain: String?
    var process: String?
    /// The router under which write-backs were derived anew; absent where they are those recorded.
    var routing: String?
    var flushesAreRequests: Bool
    var fencesFrom: String?
    var without: [String]
    /// Non-temporal stores read as cached ones.
    var asPlain: [String]
    var crashWithin: [String]
    var skip: [String]
    /// Whose exploration policy; `exact` for every permitted state.
    var policy: String
    /// By values, answers, or answers key by key: 1, 2 or 3.
    var level: String
    /// Known violations that did not count.
    var ignore: [String]
    /// How many recoveries in a row may be interrupted: on, off or a number.
    var nested: String
    var maxExecutions: Int
    var timeLimit: String?
    var maxMemory: String
    var seed: UInt64
  }

  struct Recovery: Codable, Hashable {
    var name: String
    var options: [String: String]
  }

  /// A mark that the marks file put after the event of that number.
  struct Mark: Codable, Hashable {
    enum Kind: String, Codable { case begin, acknowledge }

    var after: Int
    var operation: UInt32
    var kind: Kind
  }

  struct DistinctImages: Codable, Hashable {
    enum Basis: String, Codable {
      /// No word takes a value that it had before: an image tells its choice.
      case noContentRecurs = "no-content-recurs"
      /// Every choice was looked at.
      case enumerated
      /// Contents recur and there are too many choices to look at: no more images than choices.
      case bound = "images-bounded-by-choices"
    }

    var count: String
    var basis: Basis
  }

  /// Crashes during recovery: recoveries interrupted, choices inside them, and how many in a row.
  struct Nested: Codable, Hashable {
    var recoveries: Int
    var choices: String
    var recoveryRuns: Int
    var depth: Int
    /// Recoveries of which a violation was passed over; absent where there is none.
    var passedOver: Int?
  }

  /// A checksum over a range, and how many torn states of the range pass it.
  struct Digest: Codable, Hashable {
    var digest: String
    var address: String
    var size: Int
    var storedAt: String
    var tornStatesThatPass: String
    var reasonForReading: String?
  }

  /// The same check with some ordering left out.
  struct Control: Codable, Hashable {
    var site: String
    var kind: String
    /// Number in the file of the first event left out, and how many there were.
    var firstEvent: Int
    var events: Int
    var verdict: String
    /// Kinds of findings; empty where leaving it out made no difference.
    var found: [String]
  }

  var verdict: String
  var reasons: [String]
  var model: String
  var options: Options
  var recovery: Recovery
  var fidelity: [Reading]
  /// SHA-256 of the trace's decompressed bytes.
  var traceDigest: String
  var traceEvents: Int
  var images: [Image]
  var addressSpace: DeviceTable
  var marks: [Mark]
  /// Marks of the trace, counted from 1, before which what was promised changes: crash points too.
  var promiseChanges: String
  var crashPoints: Int
  var shrinkingEvents: Int
  var permittedChoices: String
  var distinctImages: DistinctImages
  var executed: String
  var recoveryRuns: Int
  var merged: [Share]
  var excluded: [Share]
  /// Crashes during recovery; absent where they were not explored, or recovery stored nothing.
  var nested: Nested?
  /// Checksums that recovery asked about as such; absent where there are none.
  var digestQuestions: [Digest]?
  /// Absent where none were asked for, or the verdict was not consistent.
  var negativeControls: [Control]?
  /// SHA-256 of the record with this field empty: notices damage, not forgery.
  var seal = ""
}

/// A certificate by itself, or the part of a report in JSON that holds one.
struct CertificateDocument: Codable {
  static let schemaVersion = 1

  var schemaVersion = Self.schemaVersion
  /// The verdict that a report states besides.
  var verdict: String?
  var certificate: CertificateRecord

  init(_ certificate: CertificateRecord) { self.certificate = certificate }

  /// The document as JSON, keys sorted.
  var text: String {
    get throws { String(decoding: try Self.encoder.encode(self), as: UTF8.self) + "\n" }
  }

  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}
