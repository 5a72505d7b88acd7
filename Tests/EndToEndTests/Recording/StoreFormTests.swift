import Foundation
import PersistencyModel
import TestSupport
import Testing
import TraceFormat

/// What `store-forms.c` does, one region of 1 KiB each, and what a recording must show of it.
private struct Form: Sendable {
  let name: String
  let kind: EventKind
  /// Bytes of each store, in order; `nil` where the compiler or the C library chooses.
  let sizes: [Int]?
  /// Bytes stored at least.
  let least: Int

  init(_ name: String, _ sizes: [Int]) { self.init(name, .store, sizes) }

  init(_ name: String, _ kind: EventKind, _ sizes: [Int]) {
    self.name = name
    self.kind = kind
    self.sizes = sizes
    least = sizes.reduce(0, +)
  }

  init(_ name: String, atLeast least: Int) {
    self.name = name
    kind = .store
    sizes = nil
    self.least = least
  }
}

private let seen: [Form] = [
  Form("one_byte", [1]), Form("two_bytes", [2]), Form("four_bytes", [4]), Form("eight_bytes", [8]),
  Form("unaligned_across_lines", [8]), Form("sse_16", [16]), Form("sse_low_8", [8]),
  Form("sse_float_4", [4]), Form("mmx_8", [8]), Form("struct_copy", atLeast: 200),
  Form("libc_memcpy", atLeast: 200), Form("libc_memset", atLeast: 300),
  Form("libc_memmove", atLeast: 200), Form("libc_strcpy", atLeast: 50),
  Form("rep_movsb", .store, Array(repeating: 1, count: 77)),
  Form("rep_stosq", .store, Array(repeating: 8, count: 9)), Form("string_one", [8, 1]),
  Form("inline_assembly", [4]), Form("read_modify_write", [8]), Form("push_pop", [8]),
  Form("set_condition", [1]), Form("x87_store", [8]), Form("x87_extended", [10]),
  Form("fxsave_512", atLeast: 400), Form("atomic_store", [8]),
  Form("atomic_exchange", .lockedStore, [4]), Form("atomic_add", .lockedStore, [8]),
  Form("atomic_or", .lockedStore, [2]), Form("atomic_cas", .lockedStore, [8]),
  Form("atomic_cas_fails", []), Form("atomic_cas_16", .lockedStore, [16]),
  Form("bit_test_set", .lockedStore, [8]), Form("avx_32", [32]), Form("avx2_masked", [4, 4, 4, 4]),
  Form("nt_4", .nonTemporalStore, [4]), Form("nt_8", .nonTemporalStore, [8]),
  Form("nt_mmx_8", .nonTemporalStore, [8]), Form("nt_16", .nonTemporalStore, [16]),
  Form("nt_16_float", .nonTemporalStore, [16]), Form("nt_32", .nonTemporalStore, [32]),
  Form("nt_masked_16", .nonTemporalStore, [16]), Form("kernel_read", [500]),
  Form("kernel_readv", [30, 30]), Form("kernel_recv", [90]), Form("kernel_pwrite", [120]),
]

/// Forms whose instructions the recorded program is told not to have.
private let hidden: Set = ["avx512_64", "avx512_masked", "avx512_scattered", "nt_64", "direct_64"]

@Suite(.enabled(if: ProgramRecorder.isAvailable, "\(ProgramRecorder.obstacle ?? "")"))
struct StoreFormTests {
  @Test func everyFormOfStoreIsSeenAsWhatItIs() throws {
    let folder = try Scratch()
    let (run, trace, _) = try ProgramRecorder.trace(of: "store-forms", in: folder)
    #expect(run.status == 0)
    let lines = String(decoding: run.output, as: UTF8.self).split(separator: "\n")
    let done = lines.map { $0.split(separator: " ") }
    #expect(done.count == seen.count + hidden.count)
    #expect(Set(done.map { String($0[1]) }) == hidden.union(seen.map(\.name)))
    let stores = trace.events.filter(\.kind.isStore)
    for line in done {
      let region = try #require(UInt64(line[0]))
      let own = stores.filter { $0.address / 1024 == region }
      guard let form = seen.first(where: { $0.name == line[1] }) else {
        #expect(line[2] == "absent" && own.isEmpty, "\(line[1])")
        continue
      }
      // A processor without AVX is told apart by the program itself.
      guard line[2] == "done" else { continue }
      #expect(own.allSatisfy { $0.kind == form.kind }, "\(form.name): \(own.map(\.kind))")
      #expect(own.reduce(0) { $0 + $1.size } >= form.least, "\(form.name)")
      if let sizes = form.sizes { #expect(own.map(\.size) == sizes, "\(form.name)") }
    }
  }

  @Test func replayEqualsTheFinalFileByteForByte() throws {
    let folder = try Scratch()
    let (run, trace, summary) = try ProgramRecorder.trace(of: "store-forms", in: folder)
    let file = try Data(contentsOf: folder.url.appending(path: "pm.img"))
    #expect(trace.replayed(size: file.count) == [UInt8](file))
    #expect(summary.isComplete)
    #expect(!run.errors.contains("is not what the recording explains"))
  }

  @Test func storesAreToldByFunctionAndLine() throws {
    let folder = try Scratch()
    let trace = try ProgramRecorder.trace(of: "store-forms", in: folder).trace
    let first = try #require(trace.events.first)
    let site = trace.site(first.site).description
    #expect(site.hasPrefix("one_byte (") && site.contains("store-forms.c:"))
    let kernel = try #require(trace.events.last { $0.size == 120 })
    #expect(trace.site(kernel.site).description == "system call")
  }
}
