import PersistencyModel

/// What a recording cannot express, and how it is read.
enum RecordFidelity {
  /// The source that the header of a recorded trace names.
  static func source(of recorder: RecorderKind) -> String {
    switch recorder {
    case .valgrind: "fencepost record (Valgrind)"
    case .compiled: "fencepost record (compiled)"
    }
  }

  /// What is lost by a recorder.
  static func notes(of recorder: RecorderKind) -> [FidelityNote] {
    switch recorder {
    case .valgrind: unmodified
    case .compiled: compiled
    }
  }

  private static let unmodified = [
    FidelityNote(
      name: "threads-take-turns",
      text:
        "Valgrind runs one thread at a time: the order is one that happened, and races that need "
        + "two processors do not show."
    ),
    FidelityNote(
      name: "no-avx512",
      text:
        "The program is told that there is no AVX-512 and no MOVDIR64B: it takes its other paths."
    ),
    FidelityNote(
      name: "masked-nt-whole",
      text:
        "MASKMOVDQU and MASKMOVQ are recorded as stores of all their bytes; those masked out keep "
        + "their values."
    ),
    FidelityNote(
      name: "quiet-locked-operations",
      text:
        "A locked operation on other memory is recorded only where a flush or non-temporal store "
        + "of its thread waits for a fence: elsewhere it orders nothing."
    ),
    FidelityNote(
      name: "file-writes-look-plain",
      text: "write() to a mapped file is read as plain stores, fsync() as msync of the whole file."
    ),
    FidelityNote(
      name: "one-process",
      text: "What other processes store to the files, and what truncation takes away, is not seen."
    ),
  ]

  private static let compiled = [
    FidelityNote(
      name: "compiled-parts-only",
      text:
        "Stores of code that was not compiled by fencepost cc are seen only where they are calls of the "
        + "C library's copying functions, of libpmem, or of the kernel."
    ),
    FidelityNote(
      name: "copies-are-one-store",
      text:
        "memcpy and the like are recorded as one store of all their bytes, and libpmem's functions as "
        + "libpmem 1.12 does them: lines of 256 bytes and more bypass the cache."
    ),
    FidelityNote(
      name: "system-calls-unordered",
      text:
        "What a system call stored is recorded when it returns: other threads' stores to the same bytes "
        + "may stand on the other side of it."
    ),
    FidelityNote(
      name: "library-locks-unseen",
      text:
        "Locked operations inside libraries, as of a mutex, are not seen: they order nothing here."
    ),
    FidelityNote(
      name: "file-writes-look-plain",
      text: "write() to a mapped file is read as plain stores, fsync() as msync of the whole file."
    ),
    FidelityNote(
      name: "one-process",
      text: "What other processes store to the files, and what truncation takes away, is not seen."
    ),
  ]
}
