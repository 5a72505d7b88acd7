import FencepostMarks
import Glibc

// Stores around marks, from Swift.
let file = open(CommandLine.arguments[1], O_RDWR | O_CREAT, 0o600)
guard file >= 0, ftruncate(file, 4096) == 0,
  let memory = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
else { exit(74) }
// Not storeBytes: that is memcpy in a debug build, which stores 8 bytes twice.
let words = memory.assumingMemoryBound(to: UInt64.self)
fencepostMark("begin")
words[0] = 1
fencepostMark("between")
words[1] = 2
fencepostMark("end: é")
