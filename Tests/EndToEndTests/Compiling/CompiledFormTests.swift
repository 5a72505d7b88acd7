import Foundation
import PersistencyModel
import TestSupport
import Testing
import TraceFormat

/// What `store-forms.c` does, one region of 1 KiB each, and what a recording of it, compiled, must show.
private struct Form: Sendable {
  let name: String
  let kind: EventKind
  /// Bytes of each store, in order; `nil` where the compiler chooses.
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

private let forms: [Form] = [
  Form("one_byte", [1]), Form("two_bytes", [2]), Form("four_bytes", [4]), Form("eight_bytes", [8]),
  Form("unaligned_across_lines", [8]), Form("sse_16", [16]), Form("sse_low_8", [8]),
  Form("sse_float_4", [4]), Form("mmx_8", [8]), Form("struct_copy", atLeast: 200),
  Form("libc_memcpy", [200]), Form("libc_memset", [300]), Form("libc_memmove", [100, 100]),
  Form("libc_strcpy", [49]), Form("rep_movsb", [77]), Form("rep_stosq", [72]),
  Form("string_one", [8, 1]), Form("inline_assembly", [4]), Form("read_modify_write", [8]),
  Form("push_pop", [8]), Form("set_condition", [1]), Form("x87_store", [8]),
  Form("x87_extended", [10]), Form("fxsave_512", [512]), Form("atomic_store", [8]),
  Form("atomic_exchange", .lockedStore, [4]), Form("atomic_add", .lockedStore, [8]),
  Form("atomic_or", .lockedStore, [2]), Form("atomic_cas", .lockedStore, [8]),
  Form("atomic_cas_fails", []), Form("atomic_cas_16", .lockedStore, [16]),
  Form("bit_test_set", .lockedStore, [8]), Form("avx_32", [32]), Form("avx2_masked", [4, 4, 4, 4]),
  Form("avx512_64", [64]), Form("avx512_masked", Array(repeating: 4, count: 8)),
  Form("avx512_scattered", Array(repeating: 8, count: 6)), Form("nt_4", .nonTemporalStore, [4]),
  Form("nt_8", .nonTemporalStore, [8]),
  Form("nt_mmx_8", .nonTemporalStore, [8]), Form("nt_16", .nonTemporalStore, [16]),
  Form("nt_16_float", .nonTemporalStore, [16]), Form("nt_32", .nonTemporalStore, [32]),
  Form("nt_masked_16", .nonTemporalStore, Array(repeating: 1, count: 8)),
  Form("nt_64", .nonTemporalStore, [64]), Form("direct_64", .nonTemporalStore, [64]),
  Form("kernel_read", [500]), Form("kernel_readv", [30, 30]), Form("kernel_recv", [90]),
  Form("kernel_pwrite", [120]),
]

/// Forms that not every processor has; the program tells which it did.
private let optional: Set = [
  "avx_32", "avx2_masked", "avx512_64", "avx512_masked", "avx512_scattered", "nt_32", "nt_64",
  "direct_64",
]

@Suite(.enabled(if: CompiledPrograms.isAvailable, "\(CompiledPrograms.obstacle ?? "")"))
struct CompiledFormTests {
  @Test func everyFormOfStoreThatTheProcessorHasIsSeenAsWhatItIs() throws {
    let folder = try Scratch()
    let program = try CompiledPrograms.compile("store-forms.c", in: folder)
    let (run, trace, summary) = try CompiledPrograms.trace(of: program, in: folder)
    #expect(run.status == 0 && summary.isComplete, "\(run.errors)")
    let done = String(decoding: run.output, as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: " ").map(String.init) }
    #expect(done.map { $0[1] }.sorted() == forms.map(\.name).sorted())
    let stores = trace.events.filter(\.kind.isStore)
    for line in done {
      let region = try #require(UInt64(line[0]))
      let form = try #require(forms.first { $0.name == line[1] })
      let own = stores.filter { $0.address / 1024 == region }
      guard line[2] == "done" else {
        print("not tried, since this processor does not have it: \(form.name)")
        #expect(optional.contains(form.name) && own.isEmpty)
        continue
      }
      #expect(own.allSatisfy { $0.kind == form.kind }, "\(form.name): \(own.map(\.kind))")
      #expect(own.reduce(0) { $0 + $1.size } >= form.least, "\(form.name)")
      if let sizes = form.sizes { #expect(own.map(\.size) == sizes, "\(form.name)") }
    }
    let first = trace.site(try #require(trace.events.first).site).description
    #expect(first.hasPrefix("one_byte (store-forms.c:"), "\(first)")
  }

  @Test(arguments: [
    ["clang", "-O0"], ["clang", "-O2", "-fPIE", "-pie"], ["clang", "-O3", "-march=native"],
    ["clang", "-O1", "-fno-omit-frame-pointer", "-no-pie", "-fno-pie"], ["gcc", "-O0", "-g"],
    ["gcc", "-O2", "-g"], ["gcc", "-O3", "-march=native", "-fPIC"],
    ["gcc", "-Os", "-no-pie", "-fno-pie"],
  ])
  func replayEqualsTheFinalFileByteForByteHoweverItIsCompiled(words: [String]) throws {
    guard CompiledPrograms.has(words[0]) else { return print("not tried: there is no \(words[0])") }
    let folder = try Scratch()
    let program = try CompiledPrograms.compile(
      "store-forms.c",
      Array(words.dropFirst()),
      in: folder,
      environment: ["FENCEPOST_CC": words[0]]
    )
    let (run, trace, summary) = try CompiledPrograms.trace(of: program, in: folder)
    let file = try Data(contentsOf: folder.url.appending(path: "pm.img"))
    #expect(run.status == 0 && summary.isComplete, "\(run.errors)")
    #expect(trace.replayed(size: file.count) == [UInt8](file))
  }

  @Test func everyFlushAndFenceIsSeenAtItsLineAndNothingElse() throws {
    let folder = try Scratch()
    let program = try CompiledPrograms.compile("flush-forms.c", in: folder)
    let (run, trace, _) = try CompiledPrograms.trace(of: program, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let flushes: [EventKind] = [
      .clflush, .clflushopt, .clwb, .clwb, .clflushopt, .clwb, .clwb, .clflushopt, .clwb, .clflush,
      .clwb, .clwb, .clwb, .clwb,
    ]
    let last: [EventKind] = [.sfence, .mfence, .clwb, .lockedFence, .msync]
    #expect(trace.events.map(\.kind) == flushes + last)
    #expect(trace.events.prefix(14).map { $0.address / 64 } == (0..<14).map(UInt64.init))
    #expect(trace.site(trace.events[0].site).description.hasPrefix("plain_forms ("))
  }
}
