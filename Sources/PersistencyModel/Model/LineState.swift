/// One line while a trace is applied: what is guaranteed and what is pending.
///
/// The guaranteed set G and the issued set S of the reference are kept as the bytes that G leaves and
/// the pieces of S without G: a piece of G is never overwritten by a pending piece issued before it,
/// because pieces on a common word are ordered and G is down-closed.
struct LineState {
  /// The initial line with every guaranteed piece applied.
  var durable: LineBytes
  /// Pieces issued and not guaranteed, in issue order.
  var pending: [Piece] = []
  /// Threads that flushed the line weakly, and the first issue number their flush does not cover.
  var weakFlushes: [(thread: ThreadID, limit: Int)] = []

  /// Whether pending pieces satisfy `isChosen`, which says what an event guarantees.
  func holdsPending(where isChosen: (Piece) -> Bool) -> Bool { pending.contains(where: isChosen) }

  /// Marks as guaranteed the smallest down-closed set of pending pieces that contains the chosen ones.
  ///
  /// - Parameter accepts: the line's device only accepts them into its queue; a deep flush is needed.
  /// - Returns: the highest issue number among pieces that became guaranteed, -1 for none.
  mutating func guarantee(
    order: StoreOrder,
    tear: TearMode,
    accepts: Bool,
    where isChosen: (Piece) -> Bool
  ) -> Int {
    var chosen = pending.map(isChosen)
    closeDownward(&chosen, order: order, tear: tear)
    var latest = -1
    var rest: [Piece] = []
    rest.reserveCapacity(pending.count)
    for (index, var piece) in pending.enumerated() {
      if chosen[index] && !accepts {
        durable = durable.merging(piece.value, mask: piece.mask)
        latest = max(latest, piece.sequence)
      } else {
        if chosen[index] { piece.isAccepted = true }
        rest.append(piece)
      }
    }
    pending = rest
    return latest
  }

  /// Adds to `chosen` every pending piece below a chosen one, by walking from the last issued back.
  private func closeDownward(_ chosen: inout [Bool], order: StoreOrder, tear: TearMode) {
    var neededWords: UInt8 = 0
    var plainEvent = Int.max  // plain pieces of earlier stores than this one are needed
    var ascendingEvent = -1  // w8seq: earlier pieces of this store are needed
    for index in pending.indices.reversed() {
      let piece = pending[index]
      if piece.words & neededWords != 0 { chosen[index] = true }
      if !piece.isNonTemporal {
        if order == .line && plainEvent != .max && piece.event < plainEvent {
          chosen[index] = true
        }
        if tear == .w8seq && piece.event == ascendingEvent { chosen[index] = true }
      }
      guard chosen[index] else { continue }
      neededWords |= piece.words
      if !piece.isNonTemporal {
        if plainEvent == .max || piece.event > plainEvent { plainEvent = piece.event }
        ascendingEvent = piece.event
      }
    }
  }
}
