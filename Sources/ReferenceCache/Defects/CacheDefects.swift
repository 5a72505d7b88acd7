/// A set of intentional defects; empty in any cache that is meant to be right.
public struct CacheDefects: OptionSet, Hashable, Sendable {
  /// One bit for each defect: bit 1 for S1 to bit 31 for S31.
  public let rawValue: UInt32

  /// The set with these bits.
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The set of one defect.
  @inlinable public init(_ defect: CacheDefect) { rawValue = 1 << UInt32(defect.rawValue) }

  /// The defects in the set, ascending.
  public var defects: [CacheDefect] {
    CacheDefect.allCases.filter { contains(CacheDefects($0)) }
  }
}

// The names by which the code asks; sentences are in the catalogue (`CacheDefect.sentence`).
extension CacheDefects {
  /// See `CacheDefect.s1`.
  @inlinable public static var s1: CacheDefects { CacheDefects(rawValue: 1 << 1) }
  /// See `CacheDefect.s2`.
  @inlinable public static var s2: CacheDefects { CacheDefects(rawValue: 1 << 2) }
  /// See `CacheDefect.s3`.
  @inlinable public static var s3: CacheDefects { CacheDefects(rawValue: 1 << 3) }
  /// See `CacheDefect.s4`.
  @inlinable public static var s4: CacheDefects { CacheDefects(rawValue: 1 << 4) }
  /// See `CacheDefect.s5`.
  @inlinable public static var s5: CacheDefects { CacheDefects(rawValue: 1 << 5) }
  /// See `CacheDefect.s6`.
  @inlinable public static var s6: CacheDefects { CacheDefects(rawValue: 1 << 6) }
  /// See `CacheDefect.s7`.
  @inlinable public static var s7: CacheDefects { CacheDefects(rawValue: 1 << 7) }
  /// See `CacheDefect.s8`.
  @inlinable public static var s8: CacheDefects { CacheDefects(rawValue: 1 << 8) }
  /// See `CacheDefect.s9`.
  @inlinable public static var s9: CacheDefects { CacheDefects(rawValue: 1 << 9) }
  /// See `CacheDefect.s10`.
  @inlinable public static var s10: CacheDefects { CacheDefects(rawValue: 1 << 10) }
  /// See `CacheDefect.s11`.
  @inlinable public static var s11: CacheDefects { CacheDefects(rawValue: 1 << 11) }
  /// See `CacheDefect.s12`.
  @inlinable public static var s12: CacheDefects { CacheDefects(rawValue: 1 << 12) }
  /// See `CacheDefect.s13`.
  @inlinable public static var s13: CacheDefects { CacheDefects(rawValue: 1 << 13) }
  /// See `CacheDefect.s14`.
  @inlinable public static var s14: CacheDefects { CacheDefects(rawValue: 1 << 14) }
  /// See `CacheDefect.s15`.
  @inlinable public static var s15: CacheDefects { CacheDefects(rawValue: 1 << 15) }
  /// See `CacheDefect.s16`.
  @inlinable public static var s16: CacheDefects { CacheDefects(rawValue: 1 << 16) }
  /// See `CacheDefect.s17`.
  @inlinable public static var s17: CacheDefects { CacheDefects(rawValue: 1 << 17) }
  /// See `CacheDefect.s18`.
  @inlinable public static var s18: CacheDefects { CacheDefects(rawValue: 1 << 18) }
  /// See `CacheDefect.s19`.
  @inlinable public static var s19: CacheDefects { CacheDefects(rawValue: 1 << 19) }
  /// See `CacheDefect.s20`.
  @inlinable public static var s20: CacheDefects { CacheDefects(rawValue: 1 << 20) }
  /// See `CacheDefect.s21`.
  @inlinable public static var s21: CacheDefects { CacheDefects(rawValue: 1 << 21) }
  /// See `CacheDefect.s22`.
  @inlinable public static var s22: CacheDefects { CacheDefects(rawValue: 1 << 22) }
  /// See `CacheDefect.s23`.
  @inlinable public static var s23: CacheDefects { CacheDefects(rawValue: 1 << 23) }
  /// See `CacheDefect.s24`.
  @inlinable public static var s24: CacheDefects { CacheDefects(rawValue: 1 << 24) }
  /// See `CacheDefect.s25`.
  @inlinable public static var s25: CacheDefects { CacheDefects(rawValue: 1 << 25) }
  /// See `CacheDefect.s26`.
  @inlinable public static var s26: CacheDefects { CacheDefects(rawValue: 1 << 26) }
  /// See `CacheDefect.s27`.
  @inlinable public static var s27: CacheDefects { CacheDefects(rawValue: 1 << 27) }
  /// See `CacheDefect.s28`.
  @inlinable public static var s28: CacheDefects { CacheDefects(rawValue: 1 << 28) }
  /// See `CacheDefect.s29`.
  @inlinable public static var s29: CacheDefects { CacheDefects(rawValue: 1 << 29) }
  /// See `CacheDefect.s30`.
  @inlinable public static var s30: CacheDefects { CacheDefects(rawValue: 1 << 30) }
  /// See `CacheDefect.s31`.
  @inlinable public static var s31: CacheDefects { CacheDefects(rawValue: 1 << 31) }
}
