public import Foundation

/// A whole litmus file.
public struct LitmusFile: Decodable, Sendable {
  /// The tests.
  public var tests: [LitmusTest]

  /// Reads the JSON form.
  ///
  /// - Throws: what `JSONDecoder` or reading the file throws.
  public static func read(_ file: URL) throws -> LitmusFile {
    try JSONDecoder().decode(LitmusFile.self, from: Data(contentsOf: file))
  }
}

/// A number of a litmus file: an integer, or hexadecimal text where it is large.
public struct LitmusNumber: Decodable, Hashable, Sendable {
  /// The number.
  public var value: UInt64

  /// Reads either form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      guard let value = UInt64(text.dropFirst(2), radix: 16) else {
        throw DecodingError.dataCorruptedError(
          in: container,
          debugDescription: "\(text) is not a hexadecimal number"
        )
      }
      self.value = value
    } else {
      value = try container.decode(UInt64.self)
    }
  }
}

/// What a litmus event writes: a number or a register.
public struct LitmusValue: Decodable, Hashable, Sendable {
  private enum Keys: String, CodingKey { case reg }

  /// The number, where it is one.
  public var number: UInt64?
  /// The register, where it is one.
  public var register: String?

  /// Reads either form.
  public init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Keys.self) {
      register = try container.decode(String.self, forKey: .reg)
    } else {
      number = try LitmusNumber(from: decoder).value
    }
  }
}

/// Where a variable of a litmus test is.
public struct LitmusPlace: Decodable, Hashable, Sendable {
  /// Number of its line.
  public var line: UInt64
  /// Offset in the line.
  public var off: UInt64
  /// Bytes.
  public var size: Int
  /// Address of its first byte.
  public var address: UInt64 { line * 64 + off }
}

/// One event of a litmus test.
public struct LitmusEvent: Decodable, Hashable, Sendable {
  /// Its kind.
  public var op: String
  /// The variable it acts on.
  public var loc: String?
  /// Bytes added to the variable's address.
  public var off: UInt64?
  /// Bytes written, where not those of the variable.
  public var size: Int?
  /// Bytes of a range.
  public var len: Int?
  /// What is written.
  public var val: LitmusValue?
  /// Raw bytes written, in memory order.
  public var hex: String?
  /// The register loaded.
  public var reg: String?
  /// Addend of a fetch-and-add.
  public var add: UInt64?
  /// Expected value of a compare-and-swap.
  public var expect: UInt64?
  /// Register values without which the event is skipped.
  public var condition: [String: UInt64]?

  private enum CodingKeys: String, CodingKey {
    case op, loc, off, size, len, val, hex, reg, add, expect
    case condition = "if"
  }
}

/// One litmus test.
public struct LitmusTest: Decodable, Sendable {
  /// Its name.
  public var name: String
  /// `adr` or `eadr`.
  public var model: String
  /// The tear mode.
  public var tear: String
  /// Where each variable is.
  public var layout: [String: LitmusPlace]
  /// Initial values that are not 0.
  public var initial: [String: LitmusNumber]?
  /// The threads.
  public var threads: [[LitmusEvent]]
  /// Columns of the rows below.
  public var vars: [String]
  /// Partial images of which each is reached.
  public var allowed: [[String: LitmusNumber]]
  /// Partial images of which none is reached.
  public var forbidden: [[String: LitmusNumber]]
  /// Every image.
  public var states: Set<[LitmusNumber]>
  /// Every image after everything is complete.
  public var final: Set<[LitmusNumber]>
  /// Every image by crash point, for one thread.
  public var byPoint: [Set<[LitmusNumber]>]?
  /// Images added under the weaker order.
  public var extra: Set<[LitmusNumber]>?
  /// Whether the reading it depends on is not settled.
  public var contested: Bool?

  private enum CodingKeys: String, CodingKey {
    case name, model, tear, layout, threads, vars, allowed, forbidden, states, final, contested
    case initial = "init"
    case byPoint = "by_point"
    case extra = "extra_if_per_location_order"
  }
}

extension [UInt8] {
  /// The bytes of pairs of hexadecimal digits.
  public init(hex: String) {
    let digits = hex.map { UInt8($0.hexDigitValue ?? 0) }
    self = Swift.stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
