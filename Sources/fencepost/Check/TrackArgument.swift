import ArgumentParser

/// Whether the reads of a checker that is not ours are followed.
enum TrackArgument: String, ExpressibleByArgument, CaseIterable {
  /// Always; a checker that cannot be tracked is refused.
  case on
  /// Never: every distinct image is run.
  case off
  /// Where it is possible.
  case auto
}
