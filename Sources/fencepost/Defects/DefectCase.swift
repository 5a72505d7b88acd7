import Checker
import PersistencyModel
import ReferenceCache

/// What is expected of a faulty cache on a workload.
enum DefectPrediction: Hashable, Sendable {
  /// A finding of this kind.
  case found(String)
  /// No crash state shows it: consistent, with a certificate; and why.
  case cannotShow(String)
}

/// A faulty cache, or a cache over faulty routing, with the smallest workload that shows it.
struct DefectCase: Sendable {
  /// Such as "S3" or "RT7".
  var name: String
  /// A name to read.
  var slug: String
  /// What is wrong, in one sentence.
  var sentence: String
  /// What it runs on, the defect included.
  var setup: CacheSetup
  /// What is done; format and open come first.
  var workload: CacheWorkload
  /// What is expected.
  var prediction: DefectPrediction
  /// Where it can do no harm, if that depends on where things are.
  var harmless: HarmlessLayout?

  /// Whether some crash state, or another decoder, is expected to show it.
  var canShow: Bool { if case .found = prediction { true } else { false } }

  /// The same without the defect: consistent.
  var mended: DefectCase {
    var mended = self
    mended.setup.options.defects = []
    mended.setup.router = .correct
    mended.prediction = .cannotShow("it is not there")
    mended.harmless = nil
    return mended
  }
}

/// A layout of devices on which a faulty router does no harm.
struct HarmlessLayout: Sendable {
  /// The layout as the command line takes it.
  var text: String
  /// What it has, or lacks.
  var reason: String
  /// The cache on it, the faulty router included.
  var setup: CacheSetup
}

/// What became of a faulty cache.
struct DefectResult: Sendable {
  /// The case.
  var defect: DefectCase
  /// Kinds found, in order, each once.
  var kinds: [String] = []
  /// Names of the guarantees and assertions broken, in order, each once.
  var guarantees: [String] = []
  /// The finding of the kind predicted, else the first.
  var finding: Finding?
  /// The incarnation that it is about; without one, the last.
  var incarnation: DefectIncarnation?
  /// Permitted choices, runs of recovery, doubts.
  var totals = WorkloadTotals()
  /// How long it took.
  var duration = Duration.zero
  /// What became of it on the layout on which it does no harm.
  var harmless: HarmlessResult?

  /// Whether what was predicted came about, there too.
  var isMet: Bool {
    let isMetHere =
      switch defect.prediction {
      case .found(let kind): kinds.contains(kind)
      case .cannotShow: kinds.isEmpty && totals.doubts.isEmpty
      }
    return isMetHere && harmless?.isMet ?? true
  }
}

/// What became of a defect where it does no harm.
struct HarmlessResult: Sendable {
  let layout: HarmlessLayout
  /// Kinds found: none, or it does harm after all.
  let kinds: [String]
  let totals: WorkloadTotals

  /// Whether nothing was found, and everything explored.
  var isMet: Bool { kinds.isEmpty && totals.doubts.isEmpty }
}

/// One life of a faulty cache, from what it began with to the loss of power.
struct DefectIncarnation: Sendable {
  /// From 1; later ones come after power cuts.
  let number: Int
  /// What is done after opening.
  let steps: [CacheStep]
  /// What it began with.
  let start: CacheStart
  /// The version that its first write writes.
  let firstVersion: Int
  /// What was recorded.
  let run: CacheRun
}

extension DefectCase {
  /// Runs the cache with the defect, and once more where it does no harm.
  func examined() throws -> DefectResult {
    var result = try ScratchDirectory.with { directory in
      var study = try DefectStudy(self, in: directory)
      return try study.run()
    }
    guard let harmless else { return result }
    var other = self
    other.setup = harmless.setup
    other.prediction = .cannotShow(harmless.reason)
    other.harmless = nil
    let there = try other.examined()
    result.harmless = HarmlessResult(layout: harmless, kinds: there.kinds, totals: there.totals)
    return result
  }
}
