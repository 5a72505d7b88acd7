import PersistencyModel

/// What a recording of an unmodified program cannot express, and how it is read.
enum RecordFidelity {
  /// The source that the header of a recorded trace names.
  static let source = "fencepost record (Valgrind)"

  static let notes = [
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
}
