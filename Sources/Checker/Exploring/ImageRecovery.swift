public import PersistencyModel

/// A recovery that sees only finished crash images: one that is not ours, or level L0.
///
/// The check tells it which lines of the image change, then asks it to run. Nothing that recovery does
/// to the image may be seen by the next run.
public protocol ImageRecovery {
  /// What a run shows.
  associatedtype Outcome: Hashable
  /// Errors that end the check: the program cannot be run at all.
  associatedtype Failure: Error

  /// Replaces the bytes of one line of the image.
  mutating func set(_ line: CacheLine, to content: LineBytes) throws(Failure)
  /// Runs on the image as it is; `period` tells which marks have been passed.
  mutating func run(period: Int) throws(Failure) -> Outcome
  /// Runs on every image of a sweep; the default does it image by image.
  mutating func sweep(
    _ sweep: ImageSweep,
    visit: (Outcome, [Int], Int) -> Bool
  ) throws(Failure) -> Int
  /// Whether a failure of `run` only says that the limits' `shouldStop` ended the run under way.
  func isStop(_ failure: Failure) -> Bool
}

extension ImageRecovery {
  /// No failure is a stop, unless the recovery says so.
  public func isStop(_ failure: Failure) -> Bool { false }
}
