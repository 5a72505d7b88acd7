import Foundation
import Glibc
import TestSupport
import Testing

/// A recording is held against the images, and no path it contains is followed.
struct ReplayTests {
  private struct Store {
    var line: Int
    var address: Int
    var bytes: [UInt8]
  }

  /// The stores of the kernel's trace; each is of at most 8 bytes.
  private static let stores: [Store] = KernelTrace.lines.enumerated().compactMap { index, line in
    let fields = line.split(separator: ";")
    guard fields[0] == "STORE", let address = Int(fields[1].dropFirst(2), radix: 16),
      let value = UInt64(fields[2].dropFirst(2), radix: 16),
      let size = Int(fields[3].dropFirst(2), radix: 16)
    else { return nil }
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
    return Store(line: index, address: address, bytes: bytes)
  }

  private static func replay(leavingOut line: Int? = nil) throws -> [UInt8] {
    var memory = try decompressedFile(URL(fileURLWithPath: KernelTrace.initial))
    for store in stores where store.line != line {
      memory.replaceSubrange(store.address..<(store.address + store.bytes.count), with: store.bytes)
    }
    return memory
  }

  @Test func aMissingStoreIsNoticedUnlessItsBytesWereThereOrDidNotLast() throws {
    let final = try decompressedFile(URL(fileURLWithPath: KernelTrace.final))
    try #require(try Self.replay() == final)
    let stores = Self.stores
    let sample = Set([0, 1, 7, 8, 9, stores.count - 2, stores.count - 1])
      .union(stride(from: 10, to: stores.count, by: 131))
    var unnoticed: [Int] = []
    for number in sample.sorted() {
      let line = stores[number].line
      let scratch = try Scratch()
      var lines = KernelTrace.lines
      lines.remove(at: line)
      let trace = try scratch.text("less.trace", lines.joined(separator: "\n") + "\n")
      let run = try Tool.fencepost.run([
        "check", trace, "--initial", KernelTrace.initial, "--final", KernelTrace.final,
        "--max-executions", "1", "--", "/bin/true",
      ])
      let isDifferent = try Self.replay(leavingOut: line) != final
      if isDifferent {
        #expect(run.status == 65, "event \(line + 1): \(run.errors)")
        #expect(run.errors.contains("less.trace: initial image and events do not give the final"))
      } else {
        unnoticed.append(line + 1)
        #expect(run.status == 0 || run.status == 2, "event \(line + 1): \(run.errors)")
      }
    }
    // Zeros stored over zeros, and what a later store covers; nothing else goes by.
    #expect(sample.count > 35)
    #expect(unnoticed.count < 8, "\(unnoticed)")
  }

  @Test func anyChangeOfABinaryTraceIsNoticed() throws {
    let scratch = try Scratch()
    try #require(
      try Tool.fencepost.run(["convert", KernelTrace.trace, scratch.path("k.fpt")]).status == 0
    )
    let bytes = [UInt8](try Data(contentsOf: scratch.url.appendingPathComponent("k.fpt")))
    for part in 0..<12 {
      let at = bytes.count * part / 12 + 5
      var less = bytes
      less.removeSubrange(at..<(at + 9))
      var other = bytes
      other[at] ^= 0x10
      for changed in [less, other] {
        try scratch.file("changed.fpt", changed)
        let shown = try Tool.fencepost.run(["show", scratch.path("changed.fpt")])
        #expect(shown.status == 65 && !shown.isSignalled, "byte \(at): \(shown.text)")
      }
    }
  }

  @Test func aPathInsideATraceIsNeverOpened() throws {
    let scratch = try Scratch()
    let file = try scratch.file("pool", Array("not to be touched".utf8)).path
    let fifo = scratch.path("fifo")
    #expect(mkfifo(fifo, 0o600) == 0)
    let watch = inotify_init1(Int32(IN_NONBLOCK))
    defer { close(watch) }
    for path in [file, fifo] {
      #expect(inotify_add_watch(watch, path, UInt32(IN_OPEN | IN_ACCESS | IN_MODIFY)) >= 0)
    }
    for path in [file, fifo, scratch.path("absent"), "/dev/full", scratch.path("no/such/place")] {
      let records = [
        "==1== START", "REGISTER_FILE;\(path);0x1000;0x1000;0x0", "STORE;0x1000;0x1;0x8",
        "FLUSH;0x1000;0x40", "FENCE", "STORE;0x1040;0x1;0x8", "STOP\n",
      ]
      let log = try scratch.text("paths.log", records.joined(separator: "|"))
      for arguments in [
        ["check", log, "--", "/bin/true"], ["count", log], ["show", log],
        ["image", log, "--crash-point", "1", "-o", scratch.path("out.img")],
        ["convert", log, scratch.path("out.fpt")],
        ["check", scratch.path("out.fpt"), "--", "/bin/true"],
      ] {
        // Opening a pipe nobody writes to would last for ever.
        let run = try Tool.fencepost.run(arguments, timeLimit: 30)
        #expect(run.status == 0 && !run.isSignalled, "\(arguments): \(run.errors)")
      }
    }
    var event = [UInt8](repeating: 0, count: 4096)
    #expect(read(watch, &event, event.count) == -1 && errno == EAGAIN)
    #expect(try scratch.names == ["fifo", "out.fpt", "out.img", "paths.log", "pool"])
  }
}
