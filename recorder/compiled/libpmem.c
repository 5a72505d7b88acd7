// libpmem's public functions, when a program calls them: the library is not compiled by `fencepost cc`, so what its
// functions do is recorded as libpmem 1.12 does it. Calls of one by another are part of the outer one.
//
// Copyright 2026 the Fencepost authors. Licensed under the Apache License, Version 2.0.
#define _GNU_SOURCE
#include "runtime.h"
#include <sys/types.h>

enum {
  LINE = 64,
  LEAST_NON_TEMPORAL = 256, // PMEM_MOVNT_THRESHOLD, unless the environment says otherwise
  NO_DRAIN = 1 << 0,
  NON_TEMPORAL = 1 << 1,
  TEMPORAL = 1 << 2,
  WRITE_COMBINING = 1 << 3,
  WRITE_BACK = 1 << 4,
  NO_FLUSH = 1 << 5,
};

extern __thread bool is_mapping_pmem;
static __thread int nested;

#define CALLER ((uintptr_t)__builtin_return_address(0))

static uint32_t site(uintptr_t caller) { return site_number((void *)caller, caller - 1); }

static void flushed(uintptr_t start, size_t size, uint32_t site) {
  for (uintptr_t line = start & ~(uintptr_t)(LINE - 1); line < start + size; line += LINE) {
    put_flush(RECORD_CLWB, site, line);
  }
}

static void stored(uintptr_t start, size_t size, unsigned flags, uint32_t site) {
  if (size == 0) return;
  put_store(RECORD_STORE, site, start, size);
  if (!(flags & NO_FLUSH)) flushed(start, size, site);
}

static bool is_non_temporal(size_t size, unsigned flags) {
  if (flags & (NO_FLUSH | TEMPORAL | WRITE_BACK)) return false;
  return flags & (NON_TEMPORAL | WRITE_COMBINING) || size >= LEAST_NON_TEMPORAL;
}

// To the first line's end and after the last one's begin it stores and flushes; lines in between bypass the cache.
static void copied(uintptr_t to, size_t size, unsigned flags, uint32_t site) {
  if (!is_non_temporal(size, flags)) {
    stored(to, size, flags, site);
    return;
  }
  size_t head = -to % LINE < size ? -to % LINE : size;
  size_t lines = (size - head) / LINE * LINE, tail = size - head - lines;
  stored(to, head, flags, site);
  if (lines > 0) put_store(RECORD_NT_STORE, site, to + head, lines);
  bool is_tail_direct = tail == 4 || tail == 8 || tail == 16 || tail == 32;
  if (is_tail_direct) put_store(RECORD_NT_STORE, site, to + head + lines, tail);
  else stored(to + head + lines, tail, flags, site);
}

#define BEGIN \
  bool is_outer = nested++ == 0 && is_recording; \
  if (is_outer) order_begin();
#define END(what) \
  nested--; \
  if (is_outer) { \
    uint32_t here = site(CALLER); \
    (void)here; \
    what; \
    order_end(); \
  }

#define FUNCTION(name, parameters, arguments, what) \
  PUBLIC void name parameters { \
    REAL(name, void (*) parameters) \
    BEGIN \
    real_##name arguments; \
    END(what) \
  }

static void persisted(uintptr_t start, size_t size, uint32_t site) {
  flushed(start, size, site);
  put_fence(RECORD_SFENCE, site);
}

FUNCTION(pmem_flush, (const void *start, size_t size), (start, size),
         flushed((uintptr_t)start, size, here))
FUNCTION(pmem_deep_flush, (const void *start, size_t size), (start, size),
         flushed((uintptr_t)start, size, here))
FUNCTION(pmem_drain, (void), (), put_fence(RECORD_SFENCE, here))
FUNCTION(pmem_persist, (const void *start, size_t size), (start, size),
         persisted((uintptr_t)start, size, here))

PUBLIC int pmem_deep_drain(const void *start, size_t size) {
  REAL(pmem_deep_drain, int (*)(const void *, size_t))
  BEGIN
  int result = real_pmem_deep_drain(start, size);
  END(put_fence(RECORD_SFENCE, here))
  return result;
}

PUBLIC int pmem_deep_persist(const void *start, size_t size) {
  REAL(pmem_deep_persist, int (*)(const void *, size_t))
  BEGIN
  int result = real_pmem_deep_persist(start, size);
  END(persisted((uintptr_t)start, size, here))
  return result;
}

static void transferred(uintptr_t to, size_t size, unsigned flags, uint32_t site) {
  copied(to, size, flags, site);
  if (!(flags & (NO_DRAIN | NO_FLUSH))) put_fence(RECORD_SFENCE, site);
}

#define COPY(name, parameters, arguments, flags) \
  PUBLIC void *name parameters { \
    REAL(name, void *(*)parameters) \
    BEGIN \
    void *result = real_##name arguments; \
    END(transferred((uintptr_t)to, size, flags, here)) \
    return result; \
  }

#define FROM (void *to, const void *from, size_t size)
#define FROM_FLAGS (void *to, const void *from, size_t size, unsigned flags)
#define BYTE (void *to, int byte, size_t size)
#define BYTE_FLAGS (void *to, int byte, size_t size, unsigned flags)

COPY(pmem_memcpy, FROM_FLAGS, (to, from, size, flags), flags)
COPY(pmem_memmove, FROM_FLAGS, (to, from, size, flags), flags)
COPY(pmem_memset, BYTE_FLAGS, (to, byte, size, flags), flags)
COPY(pmem_memcpy_persist, FROM, (to, from, size), 0)
COPY(pmem_memmove_persist, FROM, (to, from, size), 0)
COPY(pmem_memset_persist, BYTE, (to, byte, size), 0)
COPY(pmem_memcpy_nodrain, FROM, (to, from, size), NO_DRAIN)
COPY(pmem_memmove_nodrain, FROM, (to, from, size), NO_DRAIN)
COPY(pmem_memset_nodrain, BYTE, (to, byte, size), NO_DRAIN)

PUBLIC void *pmem_map_file(const char *path, size_t size, int flags, mode_t mode, size_t *mapped,
                           int *is_pmem) {
  REAL(pmem_map_file, void *(*)(const char *, size_t, int, mode_t, size_t *, int *))
  is_mapping_pmem = true;
  void *result = real_pmem_map_file(path, size, flags, mode, mapped, is_pmem);
  is_mapping_pmem = false;
  return result;
}
