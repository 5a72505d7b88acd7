import FlushTracer
import PersistencyModel

/// Where an incarnation begins.
enum IncarnationStart<Model: CrashModel> {
  /// On memory of zeros.
  case created(Model)
  /// On what a power cut left.
  case reopened(MemoryImage, Model)
}

/// Records a system at work.
struct IncarnationRecorder<Subject: CrashTestable> {
  let subject: Subject
  let bench: TestBench

  /// Records creation or recovery, then operations until one throws.
  ///
  /// - Throws: `TracerError` where something was stored past the recorder, or the world fails.
  func record(
    _ start: IncarnationStart<Subject.Model>,
    _ operations: ArraySlice<Subject.Operation>
  ) throws(TracerError) -> Incarnation<Subject.Model> {
    let collector = TraceCollector()
    var incarnation = begin(start)
    let recorder = bench.recorder(on: incarnation.initial, into: collector)
    do {
      try run(start, operations, recorder, &incarnation)
    } catch { incarnation.failure = error }
    _ = try recorder.finish()
    incarnation.trace = collector.trace
    placeMarks(in: &incarnation)
    return incarnation
  }

  /// What recovery shows of a state.
  func observe(
    _ image: MemoryImage,
    knowing model: Subject.Model
  ) throws -> Subject.Model.Observation {
    let medium = RecordedMedium(bench.recorder(on: image, into: TraceCollector()))
    return try subject.observe(medium, knowing: model)
  }

  private func begin(
    _ start: IncarnationStart<Subject.Model>
  ) -> Incarnation<Subject.Model> {
    switch start {
    case .created(let model):
      Incarnation(initial: bench.blank, promises: [.creating(model)])
    case .reopened(let image, let model):
      Incarnation(initial: image, promises: [.serving(model)])
    }
  }

  private func run(
    _ start: IncarnationStart<Subject.Model>,
    _ operations: ArraySlice<Subject.Operation>,
    _ recorder: Recorder,
    _ incarnation: inout Incarnation<Subject.Model>
  ) throws {
    let medium = RecordedMedium(recorder)
    recorder.label(Self.beginLabel)
    incarnation.promises.append(incarnation.promises[0])
    var system =
      switch start {
      case .created: try subject.create(on: medium)
      case .reopened: try subject.reopen(on: medium)
      }
    var model = incarnation.latest
    recorder.label(Self.acknowledgeLabel)
    incarnation.promises.append(.serving(model))
    for operation in operations {
      recorder.label("\(Self.beginLabel) \(Workload.source(operation).shortened(to: 60))")
      model.begin(operation)
      incarnation.promises.append(.serving(model))
      try subject.apply(operation, to: &system)
      recorder.label(Self.acknowledgeLabel)
      model.acknowledge(operation)
      incarnation.promises.append(.serving(model))
    }
  }

  /// Finds the positions of our marks; the system may have made others.
  private func placeMarks(in incarnation: inout Incarnation<Subject.Model>) {
    for (index, event) in incarnation.trace.events.enumerated() where event.kind == .mark {
      guard case .label(let text) = incarnation.trace.mark(of: event) else { continue }
      let begins = text.hasPrefix(Self.beginLabel)
      guard begins || text == Self.acknowledgeLabel else { continue }
      incarnation.boundaries.append(index)
      if begins { incarnation.stepStarts.append(index) }
    }
  }

  private static var beginLabel: String { "step begins:" }
  private static var acknowledgeLabel: String { "step acknowledged" }
}
