/// The functions whose calls are counted, by their numbers in `recorder/profile/profile.h`.
enum ProfiledFunction: UInt16, CaseIterable {
  case flush, fence, persist, msync
  case deepFlush, deepFence, deepPersist
  case movePersist, copyPersist, fillPersist
  case moveOnly, copyOnly, fillOnly
  case move, copy, fill
  case systemMsync

  /// The name that programs call.
  var name: String {
    switch self {
    case .flush: "pmem_flush"
    case .fence: "pmem_drain"
    case .persist: "pmem_persist"
    case .msync: "pmem_msync"
    case .deepFlush: "pmem_deep_flush"
    case .deepFence: "pmem_deep_drain"
    case .deepPersist: "pmem_deep_persist"
    case .movePersist: "pmem_memmove_persist"
    case .copyPersist: "pmem_memcpy_persist"
    case .fillPersist: "pmem_memset_persist"
    case .moveOnly: "pmem_memmove_nodrain"
    case .copyOnly: "pmem_memcpy_nodrain"
    case .fillOnly: "pmem_memset_nodrain"
    case .move: "pmem_memmove"
    case .copy: "pmem_memcpy"
    case .fill: "pmem_memset"
    case .systemMsync: "msync"
    }
  }
}
