/* Part of the Fencepost recorder, a Valgrind tool.
   Copyright (C) 2026 the Fencepost authors

   This program is free software; you can redistribute it and/or modify it under the terms of the GNU
   General Public License as published by the Free Software Foundation; either version 2 of the
   License, or (at your option) any later version. It comes without any warranty. See COPYING. */

/* System calls that map, unmap, write or make durable. */
#include "recorder.h"

enum { MAP_IS_PRIVATE = 2, MAP_TYPE_MASK = 0xF, MAP_IS_SYNC = 0x80000, MSYNC_WAITS = 4 };

/* Bytes of an iovec array, from its beginning, that `count` bytes were written from. */
static void store_vector(UInt file, ULong offset, const struct vki_iovec* vector, SizeT count) {
  while (count > 0) {
    SizeT part = vector->iov_len < count ? vector->iov_len : count;
    record_file_store(file, offset, vector->iov_base, part);
    offset += part;
    count -= part;
    vector++;
  }
}

/* A write through a descriptor: the same bytes appear in the mapping. */
static void wrote(UInt number, const UWord* args, SizeT count) {
  Int file = regions_file_of(args[0]);
  if (file < 0 || count == 0 || !is_recording) return;
  Bool is_positioned = number == __NR_pwrite64 || number == __NR_pwritev;
  Bool is_vector = number == __NR_writev || number == __NR_pwritev;
  ULong offset = is_positioned ? args[3] : VG_(lseek)(args[0], 0, VKI_SEEK_CUR) - count;
  regions_file_wrote(file, args[0], offset, offset + count);
  if (is_vector) store_vector(file, offset, (const struct vki_iovec*)args[1], count);
  else record_file_store(file, offset, (const UChar*)args[1], count);
}

static void mapped(const UWord* args, Addr start) {
  Bool is_file = !(args[3] & VKI_MAP_ANONYMOUS);
  regions_unmapped(start, args[1]);
  if (!is_file || (args[3] & MAP_TYPE_MASK) == MAP_IS_PRIVATE) return;
  Bool is_sync = (args[3] & MAP_TYPE_MASK) == 3 && (args[3] & MAP_IS_SYNC);
  regions_mapped(start, args[1], args[4], args[5], is_sync);
}


static void pre_call(ThreadId tid, UInt number, UWord* args, UInt count) {
  (void)tid, (void)count;
  if (number == __NR_execve && is_recording) {
    stream_meta("exec\t");
    stream_meta_text(VG_(am_is_valid_for_client)(args[0], 1, VKI_PROT_READ)
                       ? (const HChar*)args[0] : "?");
    stream_meta("\n");
  }
}

static void post_call(ThreadId tid, UInt number, UWord* args, UInt count, SysRes result) {
  (void)tid, (void)count;
  if (sr_isError(result)) {
    if (number == __NR_execve) stream_meta("exec-failed\n");
    return;
  }
  switch (number) {
  case __NR_mmap: mapped(args, sr_Res(result)); break;
  case __NR_munmap: regions_unmapped(args[0], args[1]); break;
  case __NR_mremap: regions_moved(args[0], args[1], sr_Res(result), args[2]); break;
  case __NR_msync:
    if (args[2] & MSYNC_WAITS) record_msync(args[0], VG_PGROUNDUP(args[1]));
    break;
  case __NR_write: case __NR_pwrite64: case __NR_writev: case __NR_pwritev:
    wrote(number, args, sr_Res(result));
    break;
  case __NR_fsync: case __NR_fdatasync: {
    Int file = regions_file_of(args[0]);
    if (file >= 0) record_file_msync(file);
    break;
  }
  }
}

/* What the kernel wrote into the program's memory. */
static void kernel_wrote(CorePart part, ThreadId tid, Addr address, SizeT size) {
  (void)part, (void)tid;
  /* The watched range begins 63 bytes early, and a longer write may begin before that. */
  if (watch_span && address < watch_start + watch_span && address + size > watch_start) {
    record_store(RECORD_KERNEL_STORE, address, size, NULL);
  }
}

void syscalls_init(void) {
  VG_(needs_syscall_wrapper)(pre_call, post_call);
  VG_(track_post_mem_write)(kernel_wrote);
}
