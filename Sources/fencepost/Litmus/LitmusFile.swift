import Foundation
import PersistencyModel

/// A variable's place: `line`, offset in it, bytes.
struct LitmusVariable: Decodable {
  var line: UInt64
  var off: UInt64
  var size: Int

  var address: UInt64 { line * CacheLine.size + off }
}

/// An integer written as a number, or as a "0x..." string above 2^53.
struct LitmusInteger: Decodable, Hashable {
  var value: UInt64

  init(_ value: UInt64) { self.value = value }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(UInt64.self) {
      value = number
    } else if let number = try? container.decode(Int64.self) {
      value = UInt64(bitPattern: number)
    } else {
      let text = try container.decode(String.self)
      guard text.hasPrefix("0x"), let number = UInt64(text.dropFirst(2), radix: 16) else {
        throw DecodingError.dataCorruptedError(
          in: container,
          debugDescription: "expected a number or \"0x...\", found \"\(text)\""
        )
      }
      value = number
    }
  }
}

/// What is stored: a value, or what a register holds.
enum LitmusValue: Decodable {
  case literal(UInt64)
  case register(String)

  private enum Key: String, CodingKey { case reg }

  init(from decoder: any Decoder) throws {
    if let keyed = try? decoder.container(keyedBy: Key.self) {
      self = .register(try keyed.decode(String.self, forKey: .reg))
    } else {
      self = .literal(try LitmusInteger(from: decoder).value)
    }
  }
}

/// One event of a litmus program.
struct LitmusEvent: Decodable {
  var op: String
  var loc: String?
  var off: UInt64?
  var size: Int?
  var val: LitmusValue?
  var hex: String?
  var add: LitmusInteger?
  var expect: LitmusInteger?
  var reg: String?
  var len: Int?
  var condition: [String: LitmusInteger]?

  enum CodingKeys: String, CodingKey {
    case op, loc, off, size, val, hex, add, expect, reg, len
    case condition = "if"
  }
}

/// One self-contained test.
struct LitmusTest: Decodable {
  var name: String
  var model: String
  var tear: String
  var order: String
  var layout: [String: LitmusVariable]
  var `init`: [String: LitmusInteger]?
  var threads: [[LitmusEvent]]
  var vars: [String]
  var states: [[LitmusInteger]]
  var final: [[LitmusInteger]]?
  var byPoint: [[[LitmusInteger]]]?
  var contested: Bool?
  var allowed: [[String: LitmusInteger]]?
  var forbidden: [[String: LitmusInteger]]?

  enum CodingKeys: String, CodingKey {
    case name, model, tear, order, layout, `init`, threads, vars, states, final, contested
    case allowed, forbidden
    case byPoint = "by_point"
  }
}

/// A file of tests.
struct LitmusFile: Decodable {
  var format: Int
  var tests: [LitmusTest]
}

/// One event of a random trace, on flat addresses.
struct RandomEvent: Decodable {
  var op: String
  var addr: UInt64?
  var hex: String?
}

/// What is expected of one line at one crash point.
struct RandomLine: Decodable {
  var n: Int
  var hash: String
}

/// What is expected at one crash point.
struct RandomPoint: Decodable {
  var count: LitmusInteger
  var vectors: LitmusInteger
  var lines: [RandomLine]
}

/// What is expected over all crash points; `nil` where the corpus does not say.
struct RandomUnion: Decodable {
  var count: LitmusInteger?
  var hash: String?
  var vectors: LitmusInteger?
}

/// One random trace with its exact counts and hashes.
struct RandomTest: Decodable {
  var seed: Int
  var model: String
  var tear: String
  var lines: UInt64
  var `init`: String
  var events: [RandomEvent]
  var points: [RandomPoint]
  var union: RandomUnion
}
