import PersistencyModel
import RecoveryRunner
import Testing

/// An image of 8 MiB costs what changes in it.
struct LargeImageTests {
  @Test func aLargeImageIsPatchedInPlace() throws {
    let size = 8 << 20
    let image = RecoveryImage(bytes: [UInt8](repeating: 0, count: size))
    let checker = LibraryChecker(
      path: Toolbox.samples + "/check-log.so",
      symbol: "check_log_pointer",
      form: .pointer
    )
    let runner = try RecoveryRunner(
      .library(checker),
      images: [image],
      settings: Toolbox.settings,
      memo: nil
    )
    // 8 MiB for each would be 160 GB to copy.
    for round in 0..<20_000 {
      runner.set(LineBytes(words: SIMD8(UInt64(round % 2), 0, 0, 0, 0, 0, 0, 0)), at: 0)
      try runner.enqueue()
    }
    let endings = try runner.collect().map(\.ending)
    #expect(endings == (0..<20_000).map { $0 % 2 == 0 ? .good : .bad(status: 1) })
  }

  @Test(arguments: Way.allCases) func aWriteFarInsideIsUndone(way: Way) throws {
    let image = RecoveryImage(bytes: [UInt8](repeating: 1, count: 8 << 20))
    let runner = try RecoveryRunner(
      .command(
        CommandChecker(
          [
            "sh", "-c", "tail -c 9 \"$0\"; printf x | dd of=\"$0\" seek=8388600 bs=1 conv=notrunc",
            "{}",
          ],
          usesForkServer: way == .forkServer
        )
      ),
      images: [image],
      settings: Toolbox.settings,
      memo: nil
    )
    for _ in 0..<3 {
      #expect(try runner.run() == RecoveryOutcome(.good, wroteToImage: true))
      #expect(runner.lastOutput.prefix(9) == ArraySlice(repeating: 1, count: 9))
    }
  }
}
