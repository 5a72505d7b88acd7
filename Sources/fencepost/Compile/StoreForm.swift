/// How an instruction stores to memory, flushes or orders: what the runtime is told of it.
struct StoreForm: Equatable {
  /// Kinds of records, with their numbers in the stream.
  enum Kind: UInt8 {
    case store = 1
    case nonTemporalStore = 2
    case lockedStore = 3
    case lockedFence = 4
    case clwb = 5
    case clflushopt = 6
    case clflush = 7
    case sfence = 8
    case mfence = 9
  }

  /// What must be known beside the address, and the form's number in the runtime.
  enum Shape: Equatable {
    case plain
    /// A bit for each element that is stored.
    case masked(Mask)
    /// As often as rcx says.
    case repeated
    /// Stored where the zero flag is set.
    case compareAndSwap
    /// As many elements as the mask register has bits, one after the other.
    case compressed(Mask)
    /// What is stored is told, for reading it back from behind the cache takes long.
    case value(String)
    /// Each element whose mask bit is set at an address of its own.
    case scattered(Scatter)

    var number: UInt8 {
      switch self {
      case .plain: 0
      case .masked: 1
      case .repeated: 2
      case .compareAndSwap: 3
      case .compressed: 4
      case .value: 5
      case .scattered: 6
      }
    }
  }

  /// A vector of indices behind one address.
  struct Scatter: Equatable {
    var mask: String
    var values: String
    var indices: String
    /// Bytes of an index.
    var indexSize: Int
    var scale: Int
    /// The address without the indices.
    var base: String
  }

  /// Where a mask is.
  enum Mask: Equatable {
    case register(String)
    /// In the uppermost bits of a vector's elements, taken by an instruction like `vmovmskps`.
    case signs(String, by: String)
  }

  /// Where the address is.
  enum Address: Equatable {
    case operand(Int)
    case register(String)
    /// An operand, and bits behind it in a register.
    case bits(Int, register: String, size: Int)
    /// A fence has none.
    case none
  }

  var kind: Kind
  /// Bytes, or bytes of an element.
  var size = 0
  var shape = Shape.plain
  var address = Address.none
  /// Elements at most.
  var count = 0

  /// Whether each element has an address of its own.
  var isScattered: Bool {
    if case .scattered = shape { return true }
    return false
  }

  /// Whether the runtime's short way can record it, and how: the numbers are those of recorder/compiled/module.h.
  var usual: Int {
    let onStack = 0x100, flush = 0x200, unfenced = 0x400, fence = 0x800
    switch kind {
    case .clwb, .clflushopt, .clflush: return flush | unfenced
    case .sfence, .mfence: return fence
    case .lockedStore, .lockedFence: return 0
    case .store, .nonTemporalStore:
      guard [4, 8, 16].contains(size) else { return 0 }
      let waits = kind == .store ? 0 : unfenced
      switch shape {
      case .plain: return size | waits
      case .value: return size | waits | onStack
      default: return 0
      }
    }
  }
}

/// What an instruction does to memory.
enum MemoryUse: Equatable {
  case nothing
  case form(StoreForm)
  /// It seems to store, but how is not known.
  case unknown
}
