// The runtime that records programs compiled by `fencepost cc`: preloaded, so that a program that is not recorded has
// none of it.
//
// Copyright 2026 the Fencepost authors. Licensed under the Apache License, Version 2.0.
#ifndef FENCEPOST_RUNTIME_H
#define FENCEPOST_RUNTIME_H

#include "module.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/single_threaded.h>

// Kinds of records: recorder/valgrind/STREAM.md.
enum {
  RECORD_STORE = 1,
  RECORD_NT_STORE = 2,
  RECORD_LOCKED_STORE = 3,
  RECORD_LOCKED_FENCE = 4,
  RECORD_CLWB = 5,
  RECORD_CLFLUSHOPT = 6,
  RECORD_CLFLUSH = 7,
  RECORD_SFENCE = 8,
  RECORD_MFENCE = 9,
  RECORD_MSYNC = 10,
  RECORD_LABEL = 11,
  RECORD_KERNEL_STORE = 12,
  RECORD_STOPPED = 14,
};

#define PUBLIC __attribute__((visibility("default")))
#define LIKELY(condition) __builtin_expect(!!(condition), 1)

// Memory that is persistent, and the file it belongs to.
struct region {
  uintptr_t start, end;
  uint32_t file;
  uint64_t offset;
};

// ---- what is watched (regions.c) ----
extern uintptr_t watch_start;
extern uintptr_t watch_span;
static inline bool is_watched(const void *address) {
  return (uintptr_t)address - watch_start < watch_span;
}
// The one that was asked for last.
extern struct region region_last;
const struct region *region_search(uintptr_t address);

// The region that holds the address, or the next one; valid until the next call.
static inline const struct region *region_from(uintptr_t address) {
  if (LIKELY(address - region_last.start < region_last.end - region_last.start)) return &region_last;
  return region_search(address);
}

int file_of(int descriptor);
uint64_t file_size(uint32_t file);
void file_grew_by_write(uint32_t file, int descriptor, uint64_t first, uint64_t last);
void regions_add_pattern(const char *pattern);
void regions_mapped(void *start, size_t length, int descriptor, uint64_t offset, bool is_certain);
void regions_unmapped(void *start, size_t length);
void regions_moved(void *from, size_t old, void *to, size_t length);
void regions_in_child(bool is_followed);
void regions_stop(void);
void tell_site(uint32_t site, uintptr_t address);
void modules_attach(struct fencepost_module *module);
void modules_become_threaded(void);
void modules_detach(struct fencepost_module *module);

// ---- one order (lock.c) ----
// Whether there are several threads.
extern bool order_threads;
void order_begin(void);
void order_end(void);
void order_in_child(void);

// ---- records (records.c) ----
void put_store(uint32_t kind, uint32_t site, uintptr_t address, size_t size);
void put_file_store(uint32_t file, uint64_t offset, const void *bytes, size_t size);
void put_flush(uint32_t kind, uint32_t site, uintptr_t address);
void put_fence(uint32_t kind, uint32_t site);
void put_locked_fence(uint32_t site);
void put_msync(uintptr_t address, size_t size);
void put_file_msync(uint32_t file);
void put_label(const char *text);
uint32_t site_number(const void *key, uintptr_t address);
void records_in_child(void);
void usual_forget(void);

// ---- the files that are written (stream.c) ----
extern bool is_recording;
bool stream_open(const char *directory);
bool stream_may_reach(uint64_t size);
void stream_close(int status);
void stream_stop(int error);
void stream_in_child(bool is_followed);
void stream_meta(const char *format, ...) __attribute__((format(printf, 1, 2)));
void stream_initial_path(char *path, size_t size, uint32_t file);
extern unsigned char *stream_next, *stream_limit;
unsigned char *stream_after_writing(void);

// Room for a record, of 80 KiB at most; NULL where nothing is recorded any more.
static inline unsigned char *stream_reserve(size_t bytes) {
  unsigned char *at = stream_next;
  if (LIKELY((uintptr_t)at + bytes <= (uintptr_t)stream_limit)) return at;
  return stream_after_writing();
}

// The tag is written last: a record that was begun and not ended is none.
static inline void stream_commit(unsigned char *start, unsigned char *end, unsigned char tag) {
  __atomic_signal_fence(__ATOMIC_RELEASE);
  *(volatile unsigned char *)start = tag;
  stream_next = end;
}

// ---- the C library's own functions (real.c) ----
void *real(const char *name);
// Finds a function behind ours once.
#define REAL(name, type) \
  static __typeof__(type) real_##name; \
  if (!real_##name) real_##name = (__typeof__(type))real(#name);

#endif
