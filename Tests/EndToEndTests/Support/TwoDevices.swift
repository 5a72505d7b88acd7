import TestSupport

/// A hand-written recording over two devices: data on the second, then a flag on the first that says so.
struct TwoDevices {
  let scratch: Scratch
  let trace: String
  let checker: String

  /// Flush requests with their write-backs; numbers of events are those of `events`.
  static let events = [
    "MARK;W.BEGIN",
    "STORE;0x1000;0x1;0x8;t;data", "REQUEST;0x1000;0x40;1", "ROUTED;0x1000;0x40;1",
    "FENCE;sfence;first", "STORE;0x0;0x1;0x8;t;flag", "REQUEST;0x0;0x40;2",
    "ROUTED;0x0;0x40;2", "FENCE;sfence;second", "MARK;W.END",
  ]

  init(events: [String] = events) throws {
    scratch = try Scratch()
    let header = [
      "FENCEPOST;1", "SOURCE;text", "DEVICE;a;4096;0;adr", "DEVICE;b;4096;0;adr",
      "SEGMENT;0;4096;linear;a+0", "SEGMENT;4096;4096;linear;b+0",
    ]
    trace = try scratch.text(
      "two.trace",
      (header + events + ["END"]).map { $0 + "\n" }.joined()
    )
    checker = try scratch.text(
      "check.sh",
      """
      word() { od -A n -t u8 -j "$2" -N 8 "$1" | tr -d ' '; }
      [ "$(word "$1" 0)" = 0 ] || [ "$(word "$2" "${3:-0}")" = 1 ]
      """
    )
  }

  /// The checker on the images of two devices of those names.
  func checking(_ first: String = "a", _ second: String = "b") -> [String] {
    ["--", "/bin/sh", checker, "{\(first)}", "{\(second)}"]
  }

  /// The checker on both devices joined in one image.
  func checkingJoined(_ image: String = "{}") -> [String] {
    ["--", "/bin/sh", checker, image, image, "4096"]
  }
}
