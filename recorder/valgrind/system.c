/* Part of the Fencepost recorder, a Valgrind tool.
   Copyright (C) 2026 the Fencepost authors

   This program is free software; you can redistribute it and/or modify it under the terms of the GNU
   General Public License as published by the Free Software Foundation; either version 2 of the
   License, or (at your option) any later version. It comes without any warranty. See COPYING. */

/* Calls that the core does not offer to tools. */
#include "recorder.h"

/* In the core's archive, and in no header for tools. */
extern SysRes VG_(am_shared_mmap_file_float_valgrind)(SizeT length, UInt protection, Int fd,
                                                      Off64T offset);
extern Int VG_(safe_fd)(Int fd);

enum { SEEK_TO_DATA = 3, SEEK_TO_HOLE = 4, COPY_BYTES = 1 << 16, LIMIT_OF_FILES = 1 };

/* The kernel's result: a negative error number, or not. */
Word system_call(UWord number, UWord a, UWord b, UWord c, UWord d, UWord e, UWord f) {
  register UWord r10 __asm__("r10") = d;
  register UWord r8 __asm__("r8") = e;
  register UWord r9 __asm__("r9") = f;
  Word result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

/* A descriptor that the program does not see; -1 where the file cannot be opened. */
Int system_open_high(const HChar* path, Int flags, Int mode) {
  Int fd = VG_(fd_open)(path, flags, mode);
  return fd < 0 ? -1 : VG_(safe_fd)(fd);
}

void* system_map_shared(Int fd, ULong offset, SizeT size) {
  SysRes result = VG_(am_shared_mmap_file_float_valgrind)(
    size, VKI_PROT_READ | VKI_PROT_WRITE, fd, offset);
  return sr_isError(result) ? NULL : (void*)sr_Res(result);
}

/* The error number, or 0. */
Int system_write_all(Int fd, const void* bytes, SizeT size) {
  const UChar* next = bytes;
  while (size > 0) {
    Int written = VG_(write)(fd, next, size);
    if (written == -VKI_EINTR) continue;
    if (written <= 0) return written < 0 ? -written : VKI_ENOSPC;
    next += written;
    size -= written;
  }
  return 0;
}

/* A file that gets larger than the process may make one would end it by a signal. */
Bool system_may_reach(ULong size) {
  struct vki_rlimit limit;
  return VG_(getrlimit)(LIMIT_OF_FILES, &limit) != 0 || size <= limit.rlim_cur;
}

static Bool is_zero(const UChar* bytes, SizeT size) {
  SizeT i = 0;
  for (; i + 8 <= size; i += 8) {
    if (*(const ULong*)(bytes + i)) return False;
  }
  for (; i < size; i++) {
    if (bytes[i]) return False;
  }
  return True;
}

/* What is zero need not be written: the copy is new. */
static Bool copy_range(Int from, Int to, ULong begin, ULong end) {
  static UChar buffer[COPY_BYTES];
  while (begin < end) {
    UWord wanted = end - begin < COPY_BYTES ? end - begin : COPY_BYTES;
    Word count = system_call(__NR_pread64, from, (UWord)buffer, wanted, begin, 0, 0);
    if (count == 0) return True;
    if (count < 0) return False;
    if (!is_zero(buffer, count)
        && system_call(__NR_pwrite64, to, (UWord)buffer, count, begin, 0, 0) != count) {
      return False;
    }
    begin += count;
  }
  return True;
}

Bool system_copy_data(Int from, Int to, ULong begin, ULong end) {
  while (begin < end) {
    Word data = system_call(__NR_lseek, from, begin, SEEK_TO_DATA, 0, 0, 0);
    if (data == -VKI_ENXIO) return True;
    if (data < 0) return copy_range(from, to, begin, end);
    if ((ULong)data >= end) return True;
    Word hole = system_call(__NR_lseek, from, data, SEEK_TO_HOLE, 0, 0, 0);
    ULong until = hole < 0 || (ULong)hole > end ? end : (ULong)hole;
    if (!copy_range(from, to, data, until)) return False;
    begin = until;
  }
  return True;
}
