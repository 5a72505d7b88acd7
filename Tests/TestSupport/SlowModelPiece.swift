public import PersistencyModel

/// How a store may be split, as the litmus corpora name it.
public enum SlowTearing: String, Sendable, CaseIterable {
  /// At 8-byte boundaries, pieces in any order.
  case w8
  /// At 8-byte boundaries, pieces of a cached store in ascending order.
  case w8seq
  /// A store of at most 8 bytes inside a line is whole; any other as `w8`.
  case intel8
  /// Only at line boundaries.
  case line
}

/// Which cached stores to one line persist in the order in which they became visible.
public enum SlowOrder: String, Sendable, CaseIterable {
  /// All of them.
  case line
  /// Only those that touch a common word.
  case word
}

/// The reading of the model under which the slow implementations run.
public struct SlowReading: Sendable {
  /// How stores are split.
  public var tearing: SlowTearing
  /// What keeps its order within a line.
  public var order: SlowOrder
  /// Devices that give lines their domain; `nil` for one domain everywhere.
  public var devices: AddressSpace?
  /// Domain of every line that no device maps.
  public var domain: PersistenceDomain
  /// Take it that non-temporal data has landed when another thread's later store to the word is visible.
  ///
  /// Section 7 of the reference says that this order is not known; only the closed form has this reading.
  public var landsAsRecorded = false

  /// A reading.
  public init(
    tearing: SlowTearing = .w8,
    order: SlowOrder = .line,
    devices: AddressSpace? = nil,
    domain: PersistenceDomain = .adr
  ) {
    self.tearing = tearing
    self.order = order
    self.devices = devices
    self.domain = domain
  }

  /// The domain of a line, by its number.
  public func domain(ofLine line: UInt64) -> PersistenceDomain {
    devices?.domain(at: line * 64) ?? domain
  }

  /// The device of a line, by its number; 0 where none maps it.
  public func device(ofLine line: UInt64) -> Int { devices?.locate(line * 64)?.device ?? 0 }
}

/// Part of one store that lands atomically.
public struct SlowPiece: Hashable, Sendable {
  /// Position of the store among the events or instructions that the piece was cut from.
  public var event: Int
  /// Number of the piece within its store, ascending by address.
  public var part: Int
  /// Who stored it.
  public var thread: Int
  /// Whether the store bypassed the cache.
  public var isNonTemporal: Bool
  /// Address of the first byte.
  public var address: UInt64
  /// The bytes, all inside one line.
  public var bytes: [UInt8]

  /// Number of the line.
  public var line: UInt64 { address / 64 }

  /// Numbers of the aligned 8-byte words that it touches.
  public var words: ClosedRange<UInt64> {
    (address / 8)...((address + UInt64(bytes.count) - 1) / 8)
  }

  /// Whether both pieces touch some aligned 8-byte word.
  public func sharesWord(with other: SlowPiece) -> Bool { words.overlaps(other.words) }

  /// Cuts a store into its pieces, ascending by address.
  ///
  /// - Parameters:
  ///   - whole: the bytes of the store as one uncut piece.
  ///   - isLocked: a locked operation never tears inside a line.
  ///   - tearing: the tear mode.
  /// - Returns: at least one piece, each inside one line.
  public static func cut(_ whole: SlowPiece, isLocked: Bool, tearing: SlowTearing) -> [SlowPiece] {
    let staysInLine = whole.address / 64 == (whole.address + UInt64(whole.bytes.count) - 1) / 64
    let isKeptInLine =
      switch tearing {
      case .w8, .w8seq: isLocked
      case .intel8: isLocked || (whole.bytes.count <= 8 && staysInLine)
      case .line: true
      }
    var pieces: [SlowPiece] = []
    for (offset, byte) in whole.bytes.enumerated() {
      let address = whole.address + UInt64(offset)
      let isBoundary = address % 64 == 0 || (address % 8 == 0 && !isKeptInLine)
      if offset == 0 || isBoundary {
        var piece = whole
        piece.address = address
        piece.bytes = []
        piece.part = pieces.count
        pieces.append(piece)
      }
      pieces[pieces.count - 1].bytes.append(byte)
    }
    return pieces
  }
}
