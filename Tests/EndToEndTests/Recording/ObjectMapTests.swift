import Foundation
import TestSupport
import Testing

/// A data structure of libpmemobj's examples: what breaks it is found in code that nobody here wrote.
@Suite(
  .enabled(if: LibraryPrograms.obstacle == nil, "\(LibraryPrograms.obstacle ?? "")"),
  .enabled(
    if: FileManager.default.fileExists(atPath: LibraryPrograms.examples),
    "\(LibraryPrograms.examples) is missing"
  )
)
struct ObjectMapTests {
  @Test func aFieldThatATransactionDoesNotAddIsFoundAndItsPlaceNamed() throws {
    let statement = "\t\tTX_ADD_FIELD(hashmap, count);\n"
    let check = try checkInsertion { source in
      // The first is the insertion's, the second the removal's.
      let place = source.range(of: statement)
      return place.map { source.replacingCharacters(in: $0, with: "\n") } ?? source
    }
    #expect(check.status == 1, "\(check.text)")
    #expect(check.text.contains("status 7"), "\(check.text)")
    let source = try String(
      contentsOfFile: "\(LibraryPrograms.examples)/hashmap/hashmap_tx.c",
      encoding: .utf8
    )
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    let counting = try #require(lines.firstIndex { $0.contains("D_RW(hashmap)->count++") }) + 1
    let lost = check.text.split(separator: "\n").first { $0.contains("  lost: line") }
    #expect(lost?.contains("hm_tx_insert (hashmap_tx.c:\(counting))") == true, "\(check.text)")
  }

  @Test func theSameBoundFindsNothingInWhatIsAsItWas() throws {
    let check = try checkInsertion { $0 }
    #expect(check.status == 2 && check.text.hasPrefix("verdict: inconclusive"), "\(check.text)")
    #expect(!check.text.contains("finding 1"))
  }

  private func checkInsertion(
    _ edit: (String) -> String
  ) throws -> (status: Int32, text: String) {
    let folder = try Scratch()
    try LibraryPrograms.compileMaps(in: folder, editing: "hashmap_tx.c", edit)
    try LibraryPrograms.run(
      ["pmempool", "create", "obj", "--layout=map", "-s", "8M", "pool.pm"],
      in: folder
    )
    let run = try LibraryPrograms.Recording(
      of: ["./maps", "hashmap_tx", "pool.pm", "run"],
      in: folder
    )
    return try run.check(
      ["./maps", "hashmap_tx", "{}", "check"],
      options: ["--crash-within", "did 2", "--max-executions", "40"]
    )
  }
}
