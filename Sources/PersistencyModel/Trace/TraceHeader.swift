/// Where a trace comes from; decides its fidelity list.
public enum TraceSource: Hashable, Sendable {
  /// Recorded by `FlushTracer`: every event of the API, values exact.
  case native
  /// Written by hand or by another tool in the text form.
  case text
  /// A pmemcheck log.
  case pmemcheck
  /// A named other source.
  case other(String)
}

/// Something that the source of a trace cannot express, and the reading that was chosen for it.
public struct FidelityNote: Hashable, Sendable {
  /// Short stable name, such as "nt-looks-plain".
  public var name: String
  /// One sentence: what is lost and how it is read here.
  public var text: String

  /// A note.
  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}

/// What a trace says about itself before its first event.
public struct TraceHeader: Hashable, Sendable {
  /// Instruction set whose ordering rules apply.
  public var instructionSet = "x86-64"
  /// Bytes of a cache line.
  public var lineSize = 64
  /// Bytes that power-fail atomically.
  public var atomicUnit = 8
  /// Who wrote the trace.
  public var source: TraceSource
  /// Build ids of the recorded programs, where known.
  public var buildIDs: [String] = []
  /// Devices and how addresses map to them; `nil` where the trace does not say.
  public var addressSpace: AddressSpace?
  /// What the source cannot express.
  public var fidelity: [FidelityNote] = []
  /// Name of the router that issued the routed write-backs, where there are any.
  public var routing: String?

  /// A header with the defaults of x86-64.
  public init(source: TraceSource) { self.source = source }
}
