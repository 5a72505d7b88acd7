// Stores of Swift to a file that is mapped.
//
//     stores FILE
import Glibc

struct Pair {
  var first: UInt64
  var second: UInt32
}

let file = open(CommandLine.arguments[1], O_RDWR | O_CREAT, 0o600)
guard file >= 0, ftruncate(file, 4096) == 0 else { exit(74) }
guard let base = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), base != MAP_FAILED
else { exit(74) }

@inline(never) func store(_ value: UInt64, at index: Int) {
  base.storeBytes(of: value, toByteOffset: index * 8, as: UInt64.self)
}

for index in 0..<8 { store(UInt64(index) + 1, at: index) }
let pairs = (base + 128).bindMemory(to: Pair.self, capacity: 4)
pairs[0] = Pair(first: 7, second: 8)
pairs[1].second += 5
let array: [UInt8] = (0..<100).map { UInt8($0) }
array.withUnsafeBytes { bytes in
  guard let first = bytes.baseAddress else { return }
  (base + 256).copyMemory(from: first, byteCount: bytes.count)
}
(base + 512).initializeMemory(as: UInt32.self, repeating: 0x01020304, count: 20)
do {
  struct Failure: Error {}
  func fails() throws { throw Failure() }
  try fails()
} catch {
  store(99, at: 100)
}
