import Foundation
import TestSupport
import Testing

/// What a trace, an image or an option can be instead of right: a sentence, a status, and nothing else.
struct BadInputTests {
  private let scratch: Scratch
  private let trace: String

  init() throws {
    scratch = try Scratch()
    trace = try scratch.text("good.trace", Self.good)
  }

  private static let good = """
    FENCEPOST;1
    DEVICE;a;4096;0;adr
    SEGMENT;0;4096;linear;a+0
    STORE;0x0;0x1;0x8;t
    FLUSH;0x0;0x40;clwb
    FENCE
    STORE;0x40;0x2;0x8;t

    """

  /// Runs the tool and requires the status, words of the sentence, and that no file came or went.
  private func refuse(
    _ arguments: [String],
    _ status: Int32,
    _ words: String...,
    input: [UInt8] = [],
    output: String? = nil,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let before = try scratch.names
    let run = try Tool.fencepost.run(
      arguments,
      input: input,
      in: scratch.url,
      output: output,
      timeLimit: 60
    )
    let told = "\(arguments): \(run.status) \(run.errors.prefix(300)) \(run.text.prefix(300))"
    #expect(!run.isSignalled && run.status == status, "\(told)", sourceLocation: location)
    #expect(run.output.isEmpty, "\(told)", sourceLocation: location)
    for word in words {
      #expect(run.errors.contains(word), "\(word) in \(told)", sourceLocation: location)
    }
    #expect(try scratch.names == before, "\(told)", sourceLocation: location)
  }

  /// Every command that reads a trace refuses the text.
  private func refuseEverywhere(
    _ name: String,
    _ bytes: [UInt8],
    _ words: String,
    location: SourceLocation = #_sourceLocation
  ) throws {
    try scratch.file(name, bytes)
    for command in [
      ["check", name, "--", "/bin/true"], ["check", name, "--recovery", "writecache"],
      ["count", name], ["image", name, "--crash-point", "0", "-o", "out.img"],
    ] {
      try refuse(command, 65, words, location: location)
    }
  }

  @Test func cutFilesAreToldWithFileAndByte() throws {
    let zst = [UInt8](try Data(contentsOf: URL(fileURLWithPath: KernelTrace.trace)))
    try refuseEverywhere("cut.trace.zst", Array(zst.prefix(zst.count / 2)), "cut.trace.zst, byte ")
    try refuseEverywhere("empty.trace", [], "empty.trace: the file is empty")
    #expect(
      try Tool.fencepost.run(["convert", trace, "good.fpt"], in: scratch.url).status == 0
    )
    let binary = [UInt8](try Data(contentsOf: scratch.url.appendingPathComponent("good.fpt")))
    for length in stride(from: 1, to: binary.count, by: 7) {
      try scratch.file("cut.fpt", Array(binary.prefix(length)))
      let shown = try Tool.fencepost.run(["show", "cut.fpt"], in: scratch.url)
      #expect(!shown.isSignalled)
      // Readable up to its last whole chunk, and said to be cut; or not readable at all.
      let isTold = shown.text.contains("INTERRUPTED") && shown.status == 0
      #expect(isTold || (shown.status == 65 && shown.errors.contains("cut.fpt")), "\(length)")
    }
  }

  @Test func noiseIsNotATrace() throws {
    var state = UInt64(12)
    let noise = (0..<4096).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
    try refuseEverywhere("noise", noise, "noise: not a trace in any known format")
    try refuseEverywhere("noise.zst", [0x28, 0xb5, 0x2f, 0xfd] + noise, "noise.zst")
    try refuseEverywhere("after", Array(Self.good.utf8) + noise, "after, line ")
    try refuse(["show", "noise"], 65, "noise: not a trace")
    try refuse(["convert", "noise", "out.fpt"], 65, "noise: not a trace")
    try refuse(["check", trace, "--marks", "noise", "--", "/bin/true"], 65, "noise, line 1")
    try refuse(["count", trace, "--device-table", "noise"], 65, "noise: line 1, column 1")
  }

  @Test(arguments: [
    ("STORE;0xfffffffffffffff8;0x1;0x8;t", "run past the end of the address space"),
    ("STORE;0x0;0x1;0xfffffffffffffff;t", "a store's size is 1152921504606846975"),
    ("STORE;0x0;0x1;0x0;t", "a store's size is 0"),
    ("STORE;0x0;0x1ff;0x1;t", "a value of 1 bytes"),
    ("STORE;0x1000;0x1;0x8;t", "8 bytes at 0x1000 are outside every declared region"),
    ("STORE;0xffc;0x1;0x8;t", "8 bytes at 0xffc are outside every declared region"),
    ("FLUSH;0x2000;0x40;clwb", "outside every declared region"),
    ("STORE;0x0;0x1;0x8;x", "expected t, nt or lock"), ("STORE", "expected an address"),
    ("NONSENSE;1", "no record is named \"NONSENSE\""),
    ("T9999999999;FENCE", "thread is 9999999999"),
    ("BEGIN;1;dance", "no kind of operation is named \"dance\""),
    ("DEVICE;b;4096;0;adr", "DEVICE after events may not stand here"),
    ("CONTENT;c;fill;0;99999999999", "a content's size is 99999999999"),
  ])
  func aBadRecordIsToldWithItsLine(_ record: String, _ reason: String) throws {
    try scratch.text("bad.trace", Self.good + record + "\n").withCString { _ in }
    try refuse(["count", "bad.trace"], 65, "bad.trace, line 8: ", reason)
    try refuse(["convert", "bad.trace", "out.fpt"], 65, "bad.trace, line 8: ", reason)
    try refuse(["convert", "bad.trace", "out.trace.zst"], 65, "bad.trace, line 8: ", reason)
  }

  @Test(arguments: [
    "DEVICE;a;4096;0;adr\nSEGMENT;0;4096;linear;a+0\nSEGMENT;2048;4096;linear;a+0\n",
    "DEVICE;a;4096;0;adr\nDEVICE;b;4096;0;adr\nSEGMENT;0;4096;linear;a+0\nSEGMENT;64;4096;linear;b+0\n",
  ])
  func overlappingRegionsAreRefused(_ header: String) throws {
    try refuseEverywhere("overlap.trace", Array(("FENCEPOST;1\n" + header).utf8), "overlap")
  }

  @Test func overlappingRegistrationsAreRefused() throws {
    let log =
      "==1== START|REGISTER_FILE;/a;0x1000;0x2000;0x0|REGISTER_FILE;/b;0x2000;0x1000;0x0|STOP\n"
    try refuseEverywhere("overlap.log", Array(log.utf8), "overlap")
  }

  @Test(arguments: [
    // No device declared: memory reaches as far as the trace does.
    "STORE;0x7ffffffffff8;0x1;0x8;t", "MSYNC;0xfffffffffffff000;0x800",
    "FLUSH;0xffffffffffffff80;0x40;clwb", "REQUEST;0xfffffffffff00000;0xfffff;1",
    "DEVICE;a;4096;0x7ffffffffffff000;adr\nSEGMENT;0;4096;linear;a+0",
    "DEVICE;a;0x7fffffffffffffff;0x7fffffffffffffff;adr\nSEGMENT;0;4096;linear;a+0",
    "DEVICE;a;4096;0;adr\nDEVICE;b;0x7000000000000000;0;adr\nDEVICE;c;0x7000000000000000;0;adr\n"
      + "DEVICE;d;0x7000000000000000;0;adr\nSEGMENT;0;4096;linear;a+0",
    "DEVICE;a;0x4000000000000000;0;adr\nSEGMENT;0;0x4000000000000000;linear;a+0",
    "DEVICE;a;4096;0;adr\nSEGMENT;0xfffffffffffff000;0x1000;linear;a+0",
    "DEVICE;a;4096;0;adr\nSEGMENT;0;4096;striped;0;a+0",
    "DEVICE;a;4096;0;adr\nSEGMENT;0;4096;linear;a+0xfffffffffffffff0",
  ])
  func absurdSizesAreRefusedBeforeMemoryIsTaken(_ records: String) throws {
    try refuseEverywhere("absurd.trace", Array("FENCEPOST;1\n\(records)\n".utf8), "fencepost: ")
  }

  @Test func imagesOfTheWrongSizeAreToldWithBothSizes() throws {
    try scratch.file("small.img", [UInt8](repeating: 0, count: 4095))
    try scratch.file("large.img", [UInt8](repeating: 0, count: 8192))
    try scratch.file("empty.img", [])
    for (name, size) in [("small.img", 4095), ("large.img", 8192), ("empty.img", 0)] {
      let reason = "\(name): \(size) bytes, expected 4096"
      try refuse(["count", trace, "--initial", name], 65, reason)
      try refuse(["count", trace, "--final", name], 65, reason)
      try refuse(["count", trace, "--initial", "a=\(name)"], 65, reason)
    }
  }

  @Test func aTraceThatDoesNotLeadFromImageToImageIsRefused() throws {
    try scratch.file("zeros.img", [UInt8](repeating: 0, count: 4096))
    var final = [UInt8](repeating: 0, count: 4096)
    final[0] = 1
    final[64] = 2
    try scratch.file("final.img", final)
    let images = ["--initial", "zeros.img", "--final", "final.img"]
    #expect(
      try Tool.fencepost.run(["count", trace] + images, in: scratch.url).status == 0
    )
    try refuse(
      ["count", trace, "--initial", "zeros.img", "--final", "zeros.img"],
      65,
      "good.trace: initial image and events do not give the final image: 2 bytes differ",
      "the first at address 0x0 (1 from the events, 0 in the image)"
    )
    final[4000] = 9
    try scratch.file("initial.img", final)
    try refuse(
      ["check", trace, "--initial", "initial.img", "--final", "final.img", "--", "/bin/true"],
      65,
      "the first at address 0xfa0 (9 from the events, 0 in the image)"
    )
  }

  @Test func devicesThatDoNotCoverTheTraceAreRefusedWithTheEvent() throws {
    let log = Repository.log("applog-ok-n3.log")
    try refuse(["count", log, "--devices", "linear:64K"], 65, "applog-ok-n3.log: event ", "0x1000")
    let table = try scratch.text("table", "0 1 linear a 0\n")
    try refuse(["count", KernelTrace.trace, "--device-table", table], 65, ": event ")
    for devices in [
      "ring:4K", "linear:", "linear:4K,", "linear:4K@moon", "striped:4K:", "linear:99999999999G",
      "linear:a=4K,a=4K",
    ] {
      try refuse(["count", trace, "--devices", devices], 64, "--devices: ")
    }
    try scratch.text("bad.table", "0 8 linear a 0\n4 8 linear a 0\n").withCString { _ in }
    try refuse(["count", trace, "--device-table", "bad.table"], 65, "bad.table: line 2")
  }

  @Test func filesThatAreNotThereOrAreDirectoriesEndWith74() throws {
    for name in ["absent", "."] {
      let reason = "\(name): cannot "
      try refuse(["check", name, "--", "/bin/true"], 74, reason)
      try refuse(["show", name], 74, reason)
      try refuse(["convert", name, "out.fpt"], 74, reason)
      for option in ["--initial", "--final", "--marks", "--device-table"] {
        try refuse(["count", trace, option, name], 74, reason)
      }
      try refuse(["check", trace, "--recovery", "writecache", "--origin", name], 74, reason)
    }
    try refuse(["check", trace, "--", "/absent/checker"], 74, "cannot start /absent/checker")
    try refuse(["check", trace, "--", "."], 74, "cannot start .")
    try refuse(["check", trace, "--recovery-library", "absent.so:f"], 74, "absent.so")
    try refuse(["check", trace, "--recovery-library", "\(trace):f"], 74, "not a shared library")
    let library = "\(SampleCheckers.directory)/check-log.so"
    try refuse(["check", trace, "--recovery-library", "\(library):absent"], 74, "absent")
  }

  @Test func outputThatCannotBeWrittenEndsWith74() throws {
    let image = ["image", trace, "--crash-point", "1", "-o"]
    for (target, words) in [
      ("/absent/file", "No such file"), (".", "Is a directory"), ("/dev/full", "No space left"),
    ] {
      try refuse(image + [target], 74, "\(target): cannot ", words)
      try refuse(["convert", trace, target, "--to", "text"], 74, "\(target): cannot ", words)
      try refuse(["convert", trace, target, "--to", "binary"], 74, "\(target): cannot ", words)
      for format in ["text", "json"] {
        try refuse(
          ["check", trace, "--report", "\(format)=\(target)", "--", "/bin/true"],
          74,
          "\(target): cannot ",
          words
        )
      }
    }
  }

  @Test func aFullDiskUnderStandardOutputEndsWith74() throws {
    let corpus = Repository.path("traces/litmus/shared.json")
    for arguments in [
      ["check", trace, "--", "/bin/true"], ["check", trace, "--report", "json", "--", "/bin/true"],
      ["check", trace, "-q", "--", "/bin/true"], ["count", trace], ["count", trace, "--points"],
      ["show", trace], ["show", trace, "--events"], ["show", trace, "--timeline"],
      ["convert", trace, "-", "--to", "text"], ["convert", trace, "-", "--to", "binary"],
      ["image", trace, "--crash-point", "1", "-o", "-"], ["litmus", corpus],
    ] {
      try refuse(arguments, 74, "standard output: ", "No space left", output: "/dev/full")
    }
  }

  @Test(arguments: [
    [], ["--recovery", "writecache", "--", "/bin/true"], ["--recovery", "magic"],
    ["--recovery-library", "file"], ["--report", "pdf", "--", "/bin/true"],
    ["--report", "json", "--report", "text", "--", "/bin/true"],
    ["--devices", "linear:4K", "--device-table", "t", "--", "/bin/true"],
    ["--domain", "moon", "--", "/bin/true"], ["--domain", "asynchronous", "--", "/bin/true"],
    ["--tear", "w9", "--", "/bin/true"], ["--order", "none", "--", "/bin/true"],
    ["--routing", "lost", "--flushes-are-requests", "--", "/bin/true"],
    ["--routing", "first-device", "--", "/bin/true"], ["--without", "0", "--", "/bin/true"],
    ["--without", "5", "--", "/bin/true"], ["--without", "3-2", "--", "/bin/true"],
    ["--without", "1-99999999999999999999", "--", "/bin/true"],
    ["--without", "x", "--", "/bin/true"], ["--time-limit", "1h", "--", "/bin/true"],
    ["--time-limit", "-1s", "--", "/bin/true"], ["--max-executions", "0", "--", "/bin/true"],
    ["--max-memory", "0", "--", "/bin/true"], ["--max-memory", "99999999999G", "--", "/bin/true"],
    ["--checker-time-limit", "soon", "--", "/bin/true"],
    ["--recovery", "writecache", "--block-size", "0"],
    ["--recovery", "writecache", "--block-size", "1000"],
    ["--recovery", "writecache", "--block-size", "8192"],
    ["--recovery", "writecache", "--start-sector", "8"],
    ["--recovery", "writecache", "--start-sector", "18446744073709551615"],
    ["--initial", "a", "--initial", "b", "--domain", "moon", "--", "/bin/true"], ["--nonsense"],
  ])
  func optionsThatMakeNoSenseEndWith64(_ options: [String]) throws {
    try refuse(["check", trace] + options, 64)
  }

  @Test func commandsThatMakeNoSenseEndWith64() throws {
    for arguments in [
      ["nonsense"], ["check"], ["count"], ["image", trace], ["convert", trace],
      ["convert", trace, "out.txt"], ["show", trace, "--from", "0"],
      ["show", trace, "--from", "3", "--to", "2"], ["show", trace, "--line", "1"],
      ["image", trace, "--crash-point", "5", "-o", "x"],
      ["image", trace, "--crash-point", "1+", "-o", "x"],
      ["image", trace, "--crash-point", "one", "-o", "x"],
    ] {
      try refuse(arguments, 64)
    }
  }
}
