import Foundation
import TestSupport
import Testing

/// `fencepost lint` against what pmemcheck itself printed of the same runs.
struct LintTests {
  /// The log append-log writes without flushes: pmemcheck reports one region of 192 bytes (its reference, 1.5).
  @Test func storesNeverFlushedAreThoseOfPmemchecksSummary() throws {
    let run = try Tool.fencepost.run(["lint", Repository.log("applog-noflush-n3.log")])
    #expect(run.status == 1)
    #expect(run.text.hasPrefix("stores not made durable: 24, 192 bytes\n"), "\(run.text)")
    #expect(run.text.contains("never flushed"))
  }

  /// pmemcheck sees no error in those either, in whatever order they became durable.
  @Test(arguments: ["applog-ok-n3", "applog-torn-n3", "plist-bug-n3-w4"])
  func whatIsDurableInTheEndIsNoRemark(_ log: String) throws {
    let run = try Tool.fencepost.run(["lint", Repository.log("\(log).log")])
    #expect(run.status == 0)
    #expect(run.text.hasPrefix("stores not made durable: 0\n"), "\(run.text)")
  }

  @Test func everyRemarkIsCountedByPlace() throws {
    let trace = """
      STORE;0x0;0x1;8;t;first (a.c:1)
      STORE;0x8;0x1;8;t;first (a.c:1)
      STORE;0x40;0x1;8;t;second (a.c:2)
      STORE;0x40;0x2;8;t;third (a.c:3)
      FLUSH;0x40;64;clwb;flush (a.c:4)
      FLUSH;0x40;64;clwb;again (a.c:5)
      FLUSH;0x80;64;clwb;nothing (a.c:6)
      FENCE;sfence;fence (a.c:7)
      FENCE;sfence;idle (a.c:8)
      STORE;0xc0;0x1;8;t;late (a.c:9)
      FLUSH;0xc0;64;clwb;end (a.c:10)
      """
    let run = try Tool.fencepost.run(["lint", "-"], input: Array(trace.utf8))
    #expect(run.status == 1)
    #expect(
      run.text.hasPrefix(
        """
        stores not made durable: 3, 24 bytes
          0x0, 16 bytes, never flushed: 2 at first (a.c:1), first event 1
          0xc0, 8 bytes, flushed, never fenced: 1 at late (a.c:9), first event 10
        stores overwritten before durable: 1
          1 of 1 at second (a.c:2)
        redundant flushes: 1
          1 of 1 at again (a.c:5)
        superfluous flushes: 1
          1 of 1 at nothing (a.c:6)
        fences with nothing to order: 1
          1 of 1 at idle (a.c:8)

        """
      ),
      "\(run.text)"
    )
    let json = try Tool.fencepost.run(["lint", "-", "--json"], input: Array(trace.utf8))
    let object = try JSONSerialization.jsonObject(with: Data(json.text.utf8)) as? [String: Any]
    #expect((object?["lost"] as? [Any])?.count == 2)
    #expect((object?["table"] as? [Any])?.count == 6)
  }
}
