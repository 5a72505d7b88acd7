public import PersistencyModel

/// Every trace of a small scope: two lines, a few stores, flushes and fences in every order.
public enum SmallScopeTraces {
  /// An event of the scope, before stores are numbered.
  private enum Step: CaseIterable {
    case storeFirst
    case storeSecond
    case flushFirst
    case flushSecond
    case fence

    var isStore: Bool { self == .storeFirst || self == .storeSecond }
  }

  /// All traces of exactly `length` events on two lines with exactly `stores` stores.
  ///
  /// Store number `n`, from 1, writes the byte `n` to word 0 or, being even, word 1 of its line.
  ///
  /// - Parameters:
  ///   - length: number of events.
  ///   - stores: how many of them are stores.
  ///   - storeKind: what kind every store is.
  ///   - flushKind: what kind every flush is.
  /// - Returns: each trace once.
  public static func all(
    length: Int,
    stores: Int = 3,
    storeKind: EventKind = .store,
    flushKind: EventKind = .clwb
  ) -> [Trace] {
    var sequences: [[Step]] = [[]]
    for _ in 0..<length {
      sequences = sequences.flatMap { head in Step.allCases.map { head + [$0] } }
    }
    return sequences.filter { $0.count(where: \.isStore) == stores }
      .map { trace($0, storeKind: storeKind, flushKind: flushKind) }
  }

  private static func trace(
    _ steps: [Step],
    storeKind: EventKind,
    flushKind: EventKind
  ) -> Trace {
    var trace = Trace()
    var number: UInt8 = 0
    for step in steps {
      switch step {
      case .storeFirst, .storeSecond:
        number += 1
        let word: UInt64 = number % 2 == 0 ? 8 : 0
        let line: UInt64 = step == .storeFirst ? 0 : 64
        trace.appendStore(storeKind, address: line + word, bytes: [number])
      case .flushFirst: trace.append(Event(flushKind, address: 0, size: 64))
      case .flushSecond: trace.append(Event(flushKind, address: 64, size: 64))
      case .fence: trace.append(Event(.sfence))
      }
    }
    return trace
  }
}
