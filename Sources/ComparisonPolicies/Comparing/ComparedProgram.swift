public import PersistencyModel

/// Recovery and oracle together, as a comparison uses them: an image, and what is broken on it.
public protocol ComparedProgram {
  /// Errors that end the comparison: recovery cannot be run at all.
  associatedtype Failure: Error

  /// The period of a crash point: between two promises.
  func period(at events: Int) -> Int
  /// Replaces the bytes of one line of the image.
  mutating func set(_ line: CacheLine, to content: LineBytes) throws(Failure)
  /// Kinds of violations that recovery shows on the image as it is.
  mutating func kinds(in period: Int) throws(Failure) -> [String]
  /// Lines that recovery reads on the image as it is; `nil` where that cannot be told.
  mutating func linesRead() throws(Failure) -> Set<CacheLine>?
}

/// No recovery: only states are compared.
public struct NoRecovery: ComparedProgram {
  /// Nothing to run.
  public init() {}

  /// One period: nothing is promised.
  public func period(at events: Int) -> Int { 0 }
  /// Nothing to do.
  public func set(_ line: CacheLine, to content: LineBytes) {}
  /// Nothing is broken.
  public func kinds(in period: Int) -> [String] { [] }
  /// Not known.
  public func linesRead() -> Set<CacheLine>? { nil }
}
