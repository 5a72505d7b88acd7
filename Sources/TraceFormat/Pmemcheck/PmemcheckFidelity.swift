import PersistencyModel

/// What pmemcheck's log cannot express, and how it is read here.
///
/// Facts: pmemcheck reference, 1.2, 1.3 and 1.6.
enum PmemcheckFidelity {
  static let notes = [
    FidelityNote(
      name: "nt-looks-plain",
      text:
        "Non-temporal stores are logged as plain stores: read as plain stores, which a fence alone "
        + "does not make durable."
    ),
    FidelityNote(
      name: "clflush-looks-like-flush-fence",
      text: "CLFLUSH is logged as FLUSH and FENCE: read as a weak flush and a store fence."
    ),
    FidelityNote(
      name: "locked-orders-nothing",
      text: "Locked operations leave at most a plain store: read as ordering nothing."
    ),
    FidelityNote(
      name: "cpuid-rdtscp-look-like-fences",
      text: "CPUID and RDTSCP are logged as FENCE: read as store fences."
    ),
    FidelityNote(
      name: "no-threads",
      text: "The log has no threads: read as one thread in the logged order."
    ),
    FidelityNote(
      name: "flush-address-unaligned",
      text:
        "A FLUSH of 64 bytes is read as one instruction that writes back the line of its address, "
        + "wherever in the line that is; a FLUSH of another size as each line it touches."
    ),
    FidelityNote(
      name: "leading-fences",
      text: "Fences before the first registration come from the program's loader: kept; they order "
        + "nothing, since nothing is stored before them."
    ),
  ]

  /// Those that hold for one record a line, where no process is seen starting.
  static let lineNotes = notes.filter { $0.name != "leading-fences" }
}
