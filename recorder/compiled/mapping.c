// Calls that map, unmap and make durable.
//
// Copyright 2026 the Fencepost authors. Licensed under the Apache License, Version 2.0.
#define _GNU_SOURCE
#include "runtime.h"
#include <errno.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MAP_SYNC
#define MAP_SYNC 0x80000
#endif

// In pmem_map_file every shared mapping of a file is persistent memory.
__thread bool is_mapping_pmem;

static void mapped(void *start, size_t length, int flags, int descriptor, off_t offset) {
  bool is_shared = (flags & MAP_TYPE) == MAP_SHARED || (flags & MAP_TYPE) == MAP_SHARED_VALIDATE;
  int saved = errno;
  order_begin();
  regions_unmapped(start, length);
  if (is_shared && !(flags & MAP_ANONYMOUS)) {
    bool is_sync = (flags & MAP_TYPE) == MAP_SHARED_VALIDATE && flags & MAP_SYNC;
    regions_mapped(start, length, descriptor, offset, is_sync || is_mapping_pmem);
  }
  order_end();
  errno = saved;
}

PUBLIC void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
  void *start = (void *)syscall(SYS_mmap, address, length, protection, flags, descriptor, offset);
  if (start != MAP_FAILED && is_recording) mapped(start, length, flags, descriptor, offset);
  return start;
}

PUBLIC void *mmap64(void *address, size_t length, int protection, int flags, int descriptor,
                    off64_t offset) {
  return mmap(address, length, protection, flags, descriptor, offset);
}

// Another thread may map the same addresses as soon as they are free.
PUBLIC int munmap(void *start, size_t length) {
  if (!is_recording) return syscall(SYS_munmap, start, length);
  order_begin();
  int result = syscall(SYS_munmap, start, length);
  int saved = errno;
  if (result == 0) regions_unmapped(start, length);
  order_end();
  errno = saved;
  return result;
}

PUBLIC void *mremap(void *from, size_t old, size_t length, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  void *wanted = flags & MREMAP_FIXED ? va_arg(arguments, void *) : NULL;
  va_end(arguments);
  order_begin();
  void *to = (void *)syscall(SYS_mremap, from, old, length, flags, wanted);
  int saved = errno;
  if (to != MAP_FAILED && is_recording) {
    regions_moved(from, flags & MREMAP_DONTUNMAP ? 0 : old, to, length);
  }
  order_end();
  errno = saved;
  return to;
}

// ---- what makes durable ----

PUBLIC int msync(void *start, size_t length, int flags) {
  REAL(msync, int (*)(void *, size_t, int))
  int result = real_msync(start, length, flags);
  if (result == 0 && flags & MS_SYNC && is_recording) {
    order_begin();
    put_msync((uintptr_t)start, ((length + 4095) & ~(size_t)4095));
    order_end();
  }
  return result;
}

static int synced(int descriptor, int result) {
  int file = result == 0 && is_recording ? file_of(descriptor) : -1;
  if (file >= 0) {
    order_begin();
    put_file_msync(file);
    order_end();
  }
  return result;
}

PUBLIC int fsync(int descriptor) {
  REAL(fsync, int (*)(int))
  return synced(descriptor, real_fsync(descriptor));
}

PUBLIC int fdatasync(int descriptor) {
  REAL(fdatasync, int (*)(int))
  return synced(descriptor, real_fdatasync(descriptor));
}
