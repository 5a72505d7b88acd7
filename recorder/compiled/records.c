// Events as records of the stream. No floating point and no vectors here, and no function of the C library: the
// code that is recorded has its values in those registers. The caller holds the lock.
//
// Copyright 2026 the Fencepost authors. Licensed under the Apache License, Version 2.0.
#include "runtime.h"
#include <errno.h>

enum {
  HAS_SITE = 0x20,
  HAS_THREAD = 0x40,
  HAS_FILE = 0x80,
  LONGEST_HEAD = 64,
  MOST_BYTES = 1 << 16,
  MOST_LABEL = 4096,
  SITES = 1 << 16,
  BACKWARDS = 1 << 10,
  ZERO = 1 << 6,
};

// What rewritten code pushed.
struct pending {
  const struct fencepost_instruction *instruction;
  uintptr_t address;
  uint64_t more;
};

struct thread {
  uint32_t number; // from 1; 0 before the first event
  bool has_unfenced;
};

// usual.S knows these, too.
__thread struct thread self __attribute__((tls_model("initial-exec")));
uint32_t last_site;
uint64_t last_offset;
// Whether a record is being written: a signal may come in between.
bool is_writing;
struct {
  const void *key;
  uint32_t number;
} sites[SITES];

// Where the only thread recorded last: there its next records are written by usual.S.
struct {
  uintptr_t start, span; // 0: nowhere
  uint64_t offset;       // of the first byte in the file
} usual;

static uint32_t thread_count, last_thread, last_file;
static uint32_t site_count;

// ---- sites ----

uint32_t site_number(const void *key, uintptr_t address) {
  uint32_t slot = ((uintptr_t)key * 0x9E3779B97F4A7C15u) >> 48;
  for (uint32_t i = 0; i < SITES; i++, slot = (slot + 1) % SITES) {
    if (sites[slot].key == key) return sites[slot].number;
    if (sites[slot].key) continue;
    if (site_count >= SITES / 2) return 0;
    sites[slot].key = key;
    sites[slot].number = ++site_count;
    int saved = errno;
    tell_site(site_count, address);
    errno = saved;
    return site_count;
  }
  return 0;
}

static inline uint32_t site_of(const struct fencepost_instruction *instruction) {
  uint32_t slot = ((uintptr_t)instruction * 0x9E3779B97F4A7C15u) >> 48;
  if (LIKELY(sites[slot].key == instruction)) return sites[slot].number;
  return site_number(instruction, (uintptr_t)instruction + instruction->site);
}

// ---- what is usual ----

void usual_forget(void) { usual.span = 0; }

// After a record, which was of this thread and of the region's file if nothing else came in between.
static inline void usual_remember(void) {
  if (order_threads || !region_last.end || region_last.file != last_file || self.number != last_thread + 1) {
    return;
  }
  usual.span = 0;
  usual.start = region_last.start;
  usual.offset = region_last.offset;
  usual.span = region_last.end - region_last.start;
}

// In a child process, whose recording has numbers of its own.
void records_in_child(void) {
  usual_forget();
  for (uint32_t i = 0; i < SITES; i++) sites[i].key = NULL;
  site_count = 0;
  last_site = last_thread = last_file = 0;
  last_offset = 0;
  thread_count = 0;
  self.number = 0;
}

// ---- bytes of records ----

static inline unsigned char *put_varint(unsigned char *at, uint64_t value) {
  for (; value >= 0x80; value >>= 7) *at++ = value | 0x80;
  *at++ = value;
  return at;
}

static inline unsigned char *put_offset(unsigned char *at, uint64_t offset) {
  int64_t difference = offset - last_offset;
  last_offset = offset;
  return put_varint(at, (uint64_t)difference << 1 ^ (uint64_t)(difference >> 63));
}

static inline unsigned char *put_bytes(unsigned char *at, const unsigned char *bytes, size_t size) {
  if (LIKELY(size == 8)) {
    *(volatile uint64_t *)at = *(const volatile uint64_t *)bytes;
    return at + 8;
  }
  if (size == 4) {
    *(volatile uint32_t *)at = *(const volatile uint32_t *)bytes;
    return at + 4;
  }
  // What the C library would do with vectors.
  if (size <= 64 && size % 8 == 0) {
    for (; size > 0; size -= 8, at += 8, bytes += 8) {
      *(volatile uint64_t *)at = *(const volatile uint64_t *)bytes;
    }
    return at;
  }
  const void *from = bytes;
  void *to = at;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size)::"memory");
  return to;
}

static inline unsigned char *begin(size_t room) {
  if (!LIKELY(!is_writing)) {
    // A signal's handler stores while its own thread's record is written.
    stream_stop(EDEADLK);
    return NULL;
  }
  is_writing = true;
  unsigned char *start = stream_reserve(LONGEST_HEAD + room);
  if (!start) is_writing = false;
  return start;
}

static inline void end(unsigned char *start, unsigned char *at, unsigned char tag) {
  stream_commit(start, at, tag);
  is_writing = false;
}

static inline unsigned char *put_context(unsigned char *at, unsigned char *tag, uint32_t site,
                                         uint32_t file) {
  if (!self.number) self.number = ++thread_count;
  uint32_t thread = self.number - 1;
  if (site != last_site) {
    *tag |= HAS_SITE;
    at = put_varint(at, last_site = site);
  }
  if (thread != last_thread) {
    *tag |= HAS_THREAD;
    usual_forget();
    at = put_varint(at, last_thread = thread);
  }
  if (file != last_file) {
    *tag |= HAS_FILE;
    usual_forget();
    at = put_varint(at, last_file = file);
  }
  return at;
}

// ---- events ----

static inline __attribute__((always_inline)) void put_piece(uint32_t kind, uint32_t site, uint32_t file, uint64_t offset,
                      const unsigned char *bytes, size_t size) {
  unsigned char *start = begin(size);
  if (!start) return;
  unsigned char tag = kind;
  unsigned char *at = put_context(start + 1, &tag, site, file);
  at = put_offset(at, offset);
  at = put_varint(at, size);
  end(start, put_bytes(at, bytes, size), tag);
  if (kind == RECORD_NT_STORE) self.has_unfenced = true;
  if (kind == RECORD_LOCKED_STORE) self.has_unfenced = false;
}

static void put_pieces(uint32_t kind, uint32_t site, uint32_t file, uint64_t offset,
                       const unsigned char *bytes, size_t size) {
  while (size > 0) {
    size_t piece = size < MOST_BYTES ? size : MOST_BYTES;
    put_piece(kind, site, file, offset, bytes, piece);
    offset += piece;
    bytes += piece;
    size -= piece;
  }
}

void put_store(uint32_t kind, uint32_t site, uintptr_t address, size_t size) {
  uintptr_t limit = address + size;
  const struct region *whole = region_from(address);
  if (LIKELY(whole && whole->start <= address && limit <= whole->end && size <= MOST_BYTES)) {
    put_piece(kind, site, whole->file, whole->offset + (address - whole->start),
              (const unsigned char *)address, size);
    return;
  }
  while (address < limit) {
    const struct region *region = region_from(address);
    if (!region || region->start >= limit) return;
    if (address < region->start) address = region->start;
    size_t part = (limit < region->end ? limit : region->end) - address;
    put_pieces(kind, site, region->file, region->offset + (address - region->start),
               (const unsigned char *)address, part);
    address += part;
  }
}

void put_file_store(uint32_t file, uint64_t offset, const void *bytes, size_t size) {
  uint64_t known = file_size(file);
  if (offset >= known) return;
  if (size > known - offset) size = known - offset;
  put_pieces(RECORD_KERNEL_STORE, 0, file, offset, bytes, size);
}

void put_flush(uint32_t kind, uint32_t site, uintptr_t address) {
  uintptr_t line = address & ~(uintptr_t)63;
  const struct region *region = region_from(line);
  if (!region || region->start > line) return;
  unsigned char *start = begin(0);
  if (!start) return;
  unsigned char tag = kind;
  unsigned char *at = put_context(start + 1, &tag, site, region->file);
  end(start, put_offset(at, region->offset + (line - region->start)), tag);
  self.has_unfenced = true;
}

void put_fence(uint32_t kind, uint32_t site) {
  unsigned char *start = begin(0);
  if (!start) return;
  unsigned char tag = kind;
  unsigned char *at = put_context(start + 1, &tag, site, last_file);
  end(start, at, tag);
  self.has_unfenced = false;
}

// Where nothing waits for a fence it changes nothing.
void put_locked_fence(uint32_t site) {
  if (self.has_unfenced) put_fence(RECORD_LOCKED_FENCE, site);
}

static void put_msync_range(uint32_t file, uint64_t offset, uint64_t size) {
  unsigned char *start = begin(0);
  if (!start) return;
  unsigned char tag = RECORD_MSYNC;
  unsigned char *at = put_context(start + 1, &tag, 0, file);
  at = put_offset(at, offset);
  end(start, put_varint(at, size), tag);
  self.has_unfenced = false;
}

void put_msync(uintptr_t address, size_t size) {
  uintptr_t limit = address + size;
  while (address < limit) {
    const struct region *region = region_from(address);
    if (!region || region->start >= limit) return;
    if (address < region->start) address = region->start;
    size_t part = (limit < region->end ? limit : region->end) - address;
    put_msync_range(region->file, region->offset + (address - region->start), part);
    address += part;
  }
}

void put_file_msync(uint32_t file) { put_msync_range(file, 0, file_size(file)); }

void put_label(const char *text) {
  size_t size = 0;
  while (size < MOST_LABEL && text[size]) size++;
  unsigned char *start = begin(size);
  if (!start) return;
  unsigned char tag = RECORD_LABEL;
  unsigned char *at = put_context(start + 1, &tag, last_site, last_file);
  at = put_varint(at, size);
  end(start, put_bytes(at, (const unsigned char *)text, size), tag);
}

// ---- what rewritten code calls ----

__attribute__((visibility("hidden"))) void record_before(const uint64_t *words, uint64_t flags) {
  (void)words, (void)flags;
  if (order_threads) order_begin();
}

static void put_elements(const struct pending *pending, uint32_t kind, uint32_t site) {
  const struct fencepost_instruction *in = pending->instruction;
  size_t size = in->size;
  uint64_t wanted = in->count < 64 ? (1ull << in->count) - 1 : ~0ull;
  uint64_t mask = pending->more & wanted;
  if (in->form == FORM_COMPRESS) {
    size_t count = 0;
    for (; mask; mask &= mask - 1) count++;
    put_store(kind, site, pending->address, count * size);
    return;
  }
  for (unsigned i = 0; i < in->count; i++) {
    if (mask >> i & 1) put_store(kind, site, pending->address + i * size, size);
  }
}

static void put_repeated(const struct pending *pending, uint32_t kind, uint32_t site,
                         bool is_backwards) {
  size_t size = pending->instruction->size;
  uint64_t count = pending->more;
  if (count == 0) return;
  uintptr_t first = pending->address;
  if (is_backwards) first -= (count - 1) * size;
  put_store(kind, site, first, count * size);
}

static void put_locked(const struct pending *pending, uint32_t site, bool has_stored) {
  uintptr_t address = pending->address;
  const struct region *region = is_watched((void *)address) ? region_from(address) : NULL;
  if (has_stored && region && region->start < address + pending->instruction->size) {
    put_store(RECORD_LOCKED_STORE, site, address, pending->instruction->size);
  } else {
    put_locked_fence(site);
  }
}

// Where the bytes in memory may be later ones, or reading them past the cache would wait.
static void put_value(uintptr_t address, const void *bytes, size_t size, uint32_t kind, uint32_t site) {
  const struct region *region = region_from(address);
  if (!region || address < region->start || region->end - address < size) {
    put_store(kind, site, address, size);
    return;
  }
  put_piece(kind, site, region->file, region->offset + (address - region->start),
            bytes, size);
}

// From the first element to the last, which is the order where they overlap.
static void put_scattered(const struct pending *pending, uint32_t kind, uint32_t site) {
  const struct fencepost_instruction *in = pending->instruction;
  const uint64_t *more = &pending->more;
  uint64_t index_size = more[1] & 0xff, scale = more[1] >> 8;
  for (unsigned i = 0; i < in->count; i++) {
    if (!(more[0] >> i & 1)) continue;
    int64_t index = index_size == 8 ? ((const int64_t *)(more + 2))[i] : ((const int32_t *)(more + 2))[i];
    put_value(pending->address + index * scale, (const unsigned char *)(more + 10) + i * in->size, in->size, kind, site);
  }
}

static __attribute__((noinline)) void put_other(const struct pending *pending, uint32_t site,
                                                uint64_t flags) {
  const struct fencepost_instruction *in = pending->instruction;
  bool has_stored = in->form != FORM_CAS || flags & ZERO;
  if (in->kind == RECORD_LOCKED_STORE) put_locked(pending, site, has_stored);
  else if (in->form == FORM_VALUE) put_value(pending->address, &pending->more, in->size, in->kind, site);
  else if (in->form == FORM_SCATTER) put_scattered(pending, in->kind, site);
  else if (in->form == FORM_REPEATED) put_repeated(pending, in->kind, site, flags & BACKWARDS);
  else if (in->form == FORM_MASKED || in->form == FORM_COMPRESS) put_elements(pending, in->kind, site);
  else if (has_stored) put_store(in->kind, site, pending->address, in->size);
}

__attribute__((visibility("hidden"))) void record_after(const struct pending *pending, uint64_t flags) {
  const struct fencepost_instruction *in = pending->instruction;
  // Threads that the C library made for itself, too.
  if (!LIKELY(__libc_single_threaded) && !order_threads) {
    modules_become_threaded();
    order_begin();
  }
  if (LIKELY(is_recording)) {
    uint32_t kind = in->kind;
    uint32_t site = site_of(in);
    if (kind >= RECORD_CLWB) put_flush(kind, site, pending->address);
    else if (LIKELY(kind <= RECORD_NT_STORE && in->form == FORM_PLAIN)) {
      put_store(kind, site, pending->address, in->size);
    } else put_other(pending, site, flags);
    usual_remember();
  }
  if (order_threads) order_end();
}

__attribute__((visibility("hidden"))) void record_order(const uint64_t *words, uint64_t flags) {
  (void)flags;
  const struct fencepost_instruction *in = (const void *)words[0];
  order_begin();
  if (is_recording) {
    if (in->kind == RECORD_LOCKED_FENCE) put_locked_fence(site_of(in));
    else put_fence(in->kind, site_of(in));
  }
  order_end();
}

// A client request for Valgrind; pmemcheck's number 30 is a text for its log.
__attribute__((visibility("hidden"))) void record_request(const uint64_t *words, uint64_t flags) {
  (void)flags;
  const uint64_t *request = (const uint64_t *)words[0];
  if (request[0] != (((uint64_t)'P' << 24) | ((uint64_t)'C' << 16) | 30)) return;
  order_begin();
  if (is_recording) put_label((const char *)request[1]);
  order_end();
}
