import Foundation
import TestSupport
import Testing

/// `--track` on the command line.
struct TrackOptionTests {
  private func check(_ arguments: [String]) throws -> ToolRun {
    try Tool.fencepost.run(["check", Repository.log("plist-ok-n3-w8.log")] + arguments)
  }

  private func runs(_ run: ToolRun) throws -> Int {
    let match = try #require(run.text.firstMatch(of: /\(([\d,]+) runs of recovery\)/))
    return try #require(Int(match.1.replacing(",", with: "")))
  }

  @Test(arguments: SampleCheckers.forms(of: "list"))
  func readsAreFollowedUnlessToldOtherwise(form: [String]) throws {
    let (auto, on, off) = try (
      check(form), check(["--track", "on"] + form), check(["--track", "off"] + form)
    )
    // The certificate says what was asked for; everything else is the same.
    #expect(auto.text.contains("track auto"))
    #expect(auto.text.replacing("track auto", with: "track on") == on.text)
    #expect([auto.status, off.status] == [0, 0])
    #expect(auto.text.contains("merged by same-lines-read"))
    #expect(off.text.contains("merged by same-image"))
    // A node that is not linked yet is not read.
    #expect(try runs(auto) < runs(off))
  }

  @Test(arguments: [false, true])
  func whatCannotBeTrackedIsSaidAndRunOnEveryImage(isStatic: Bool) throws {
    let command =
      isStatic
      ? ["--", OpaqueCheckers.staticReader, "map", "{}"]
      : ["--no-fork-server", "--", OpaqueCheckers.reader, "map", "{}"]
    let auto = try check(command)
    #expect(auto.text.contains("merged by same-image"))
    #expect(
      auto.text.contains("note: every distinct image was run: what the checker reads is not known")
    )
    let on = try check(["--track", "on"] + command)
    #expect(on.status == 74)
    #expect(on.errors.contains("its reads cannot be followed"))
  }

  @Test func aForkIsNoted() throws {
    let run = try check(["--", OpaqueCheckers.reader, "fork", "{}"])
    #expect(run.text.contains("everything counts as read, since it made system call clone"))
  }
}
