import Checker
import PersistencyModel
import TestSupport

/// The smallest protocol there is: data on line 1, then a flag on line 0 that may only be seen with it.
enum FlagOverData {
  /// One step; each has a site of its own.
  enum Step: CaseIterable { case data, flushData, fence, flag, flushFlag, request, delivered }

  static func trace(
    _ steps: [Step],
    dataKind: EventKind = .store,
    space: AddressSpace? = nil
  ) -> Trace {
    var trace = Trace()
    trace.header.addressSpace = space
    let sites = ["data", "flush of data", "fence", "flag", "flush of flag", "request"].map {
      trace.define(Site($0))
    }
    let one: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
    for step in steps {
      switch step {
      case .data: trace.appendStore(dataKind, address: 64, bytes: one, site: sites[0])
      case .flushData: trace.append(Event(.clwb, address: 64, size: 64, site: sites[1]))
      case .fence: trace.append(Event(.sfence, site: sites[2]))
      case .flag: trace.appendStore(.store, address: 0, bytes: one, site: sites[3])
      case .flushFlag: trace.append(Event(.clwb, address: 0, size: 64, site: sites[4]))
      case .request:
        trace.append(Event(.flushRequest, address: 64, size: 64, payload: 9, site: sites[5]))
      case .delivered:
        trace.append(Event(.routedWriteBack, address: 64, size: 64, payload: 9, site: sites[5]))
      }
    }
    return trace
  }

  /// Every sequence with data once and then, once, the flag, in which all else is flushes and fences.
  static func all(length: Int) -> [[Step]] {
    var sequences: [[Step]] = [[]]
    for _ in 0..<length {
      sequences = sequences.flatMap { head in
        [Step.data, .flushData, .fence, .flag, .flushFlag].map { head + [$0] }
      }
    }
    return sequences.filter { steps in
      steps.filter { $0 == .data || $0 == .flag } == [.data, .flag]
    }
  }

  static let initial = MemoryImage(bytes: [UInt8](repeating: 0, count: 128))

  /// Level L1.
  static func check(_ trace: Trace) -> CheckReport {
    BehaviourCheck(
      CheckSubject(trace: trace, initial: initial),
      recovery: Recovering(),
      oracle: DataFirst()
    ).check()
  }

  /// Level L0.
  static func checkImages(_ trace: Trace) -> CheckReport {
    ImageCheck(
      CheckSubject(trace: trace, initial: initial),
      program: Images(image: initial),
      oracle: DataFirst()
    ).check()
  }

  private struct Recovering: Recovery {
    mutating func recover<M: Medium>(_ medium: inout M) -> [UInt64] {
      [medium.load64(at: 0), medium.load64(at: 64)]
    }
  }

  private struct Images: ImageRecovery {
    var image: MemoryImage
    mutating func set(_ line: CacheLine, to content: LineBytes) throws(Never) {
      image[line] = content
    }
    mutating func run(period: Int) throws(Never) -> [UInt64] {
      [UInt64(image.bytes[0]), UInt64(image.bytes[64])]
    }
  }

  private struct DataFirst: Oracle {
    var boundaries: [Int] { [] }
    var promisesSomething: Bool { true }
    func period(at events: Int) -> Int { 0 }
    func violations(of outcome: [UInt64], in period: Int) -> [Violation] {
      outcome[0] == 1 && outcome[1] != 1 ? [.test("flag without data")] : []
    }
  }
}
