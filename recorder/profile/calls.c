/* The functions that stand before those of libpmem: they count, and call the function itself.

   libpmem calls itself by the same names, and so does the counting: what is called within another call of the
   thread is not counted. */
#define _GNU_SOURCE
#include "profile.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WRITES_BACK = 1, FENCES = 2 };

/* Flags of pmem_memcpy and its kin, of libpmem.h. */
enum { F_NODRAIN = 1, F_NOFLUSH = 32 };

static __thread int depth;

/* libpmem may have been loaded where RTLD_NEXT does not look. */
static void *find_next(const char *name) {
  void *function = dlsym(RTLD_NEXT, name);
  if (function == NULL) {
    void *library = dlopen("libpmem.so.1", RTLD_LAZY | RTLD_LOCAL);
    if (library != NULL) function = dlsym(library, name);
  }
  if (function == NULL) {
    dprintf(2, "fencepost: libpmem has no function %s, which the program calls\n", name);
    _exit(127);
  }
  return function;
}

static inline void add(_Atomic uint64_t *counter, uint64_t value) {
  if (value > 0) atomic_fetch_add(counter, value);
}

static void count(enum function function, const void *address, uint64_t length, int effects,
                  void *return_address, void *frame) {
  if (depth > 0) return;
  depth++;
  int error = errno;
  uint64_t addresses[FRAME_ROOM];
  struct counts *counts = NULL, lost = {0};
  if (is_profiling()) {
    int frames = find_frames(return_address, frame, addresses);
    counts = find_counts(function, addresses, frames);
    if (counts == NULL) counts = &lost;
    add(&counts->calls, 1);
    add(&counts->bytes, length);
    if (effects & WRITES_BACK && length > 0) {
      uint64_t first = (uint64_t)address / 64;
      uint64_t lines = ((uint64_t)address + length - 1) / 64 - first + 1;
      add(&counts->lines, lines);
      add(&counts->again, note_lines(first, lines));
    }
    if (effects & FENCES) {
      add(&counts->fences, 1);
      add(&counts->idle, note_fence() == 0);
    }
  }
  errno = error;
  depth--;
}

#define HERE __builtin_return_address(0), __builtin_frame_address(0)
#define EXPORTED __attribute__((visibility("default")))

/* Defines a function that counts and then calls the one it stands before. */
#define BEFORE(result, name, parameters, arguments, call, address, length, effects)       \
  EXPORTED result name parameters {                                                       \
    static _Atomic(void *) found;                                                         \
    void *next = atomic_load(&found);                                                     \
    if (next == NULL) atomic_store(&found, next = find_next(#name));                      \
    count(call, address, length, effects, HERE);                                          \
    struct nested nested __attribute__((cleanup(leave))) = enter();                       \
    return ((result(*) parameters)next)arguments;                                         \
  }

/* Something for `cleanup` to be called for. */
struct nested {
  int unused;
};

static inline struct nested enter(void) {
  depth++;
  return (struct nested){0};
}

static inline void leave(struct nested *nested) {
  (void)nested;
  depth--;
}

#define RANGE (const void *address, size_t length), (address, length)
#define EXPAND(...) BEFORE(__VA_ARGS__)

EXPAND(void, pmem_flush, RANGE, CALL_FLUSH, address, length, WRITES_BACK)
EXPAND(void, pmem_drain, (void), (), CALL_DRAIN, NULL, 0, FENCES)
EXPAND(void, pmem_persist, RANGE, CALL_PERSIST, address, length, WRITES_BACK | FENCES)
EXPAND(int, pmem_msync, RANGE, CALL_MSYNC, address, length, 0)
EXPAND(void, pmem_deep_flush, RANGE, CALL_DEEP_FLUSH, address, length, WRITES_BACK)
EXPAND(int, pmem_deep_drain, RANGE, CALL_DEEP_DRAIN, address, 0, FENCES)
EXPAND(int, pmem_deep_persist, RANGE, CALL_DEEP_PERSIST, address, length, WRITES_BACK | FENCES)

#define COPY (void *to, const void *from, size_t length), (to, from, length)
#define FILL (void *to, int byte, size_t length), (to, byte, length)

EXPAND(void *, pmem_memmove_persist, COPY, CALL_MEMMOVE_PERSIST, to, length, WRITES_BACK | FENCES)
EXPAND(void *, pmem_memcpy_persist, COPY, CALL_MEMCPY_PERSIST, to, length, WRITES_BACK | FENCES)
EXPAND(void *, pmem_memset_persist, FILL, CALL_MEMSET_PERSIST, to, length, WRITES_BACK | FENCES)
EXPAND(void *, pmem_memmove_nodrain, COPY, CALL_MEMMOVE_NODRAIN, to, length, WRITES_BACK)
EXPAND(void *, pmem_memcpy_nodrain, COPY, CALL_MEMCPY_NODRAIN, to, length, WRITES_BACK)
EXPAND(void *, pmem_memset_nodrain, FILL, CALL_MEMSET_NODRAIN, to, length, WRITES_BACK)

/* What is not to be flushed is not waited for either. */
static int effects_of(unsigned flags) {
  if (flags & F_NOFLUSH) return 0;
  return flags & F_NODRAIN ? WRITES_BACK : WRITES_BACK | FENCES;
}

#define COPY_AS (void *to, const void *from, size_t length, unsigned flags), (to, from, length, flags)
#define FILL_AS (void *to, int byte, size_t length, unsigned flags), (to, byte, length, flags)

EXPAND(void *, pmem_memmove, COPY_AS, CALL_MEMMOVE, to, length, effects_of(flags))
EXPAND(void *, pmem_memcpy, COPY_AS, CALL_MEMCPY, to, length, effects_of(flags))
EXPAND(void *, pmem_memset, FILL_AS, CALL_MEMSET, to, length, effects_of(flags))
EXPAND(int, msync, (void *address, size_t length, int flags), (address, length, flags),
       CALL_SYSTEM_MSYNC, address, length, 0)

static void map_file(const char *path, uint64_t length, uint32_t flags) {
  if (depth > 0) return;
  depth++;
  int error = errno;
  if (is_profiling()) note_region(path, length, flags);
  errno = error;
  depth--;
}

EXPORTED void *pmem_map_file(const char *path, size_t length, int flags, mode_t mode,
                             size_t *mapped, int *is_pmem) {
  static _Atomic(void *) found;
  void *next = atomic_load(&found);
  if (next == NULL) atomic_store(&found, next = find_next("pmem_map_file"));
  size_t own_mapped = 0;
  int own_is_pmem = 0;
  depth++;
  void *address = ((void *(*)(const char *, size_t, int, mode_t, size_t *, int *))next)(
      path, length, flags, mode, mapped == NULL ? &own_mapped : mapped,
      is_pmem == NULL ? &own_is_pmem : is_pmem);
  depth--;
  if (address == NULL) return NULL;
  char resolved[PATH_MAX];
  int error = errno;
  const char *name = realpath(path, resolved);
  errno = error;
  map_file(name == NULL ? path : name, mapped == NULL ? own_mapped : *mapped,
           REGION_LIBPMEM | ((is_pmem == NULL ? own_is_pmem : *is_pmem) ? REGION_IS_PMEM : 0));
  return address;
}

EXPORTED int pmem_unmap(void *address, size_t length) {
  static _Atomic(void *) found;
  void *next = atomic_load(&found);
  if (next == NULL) atomic_store(&found, next = find_next("pmem_unmap"));
  if (depth == 0 && profile != NULL) atomic_fetch_add(&profile->unmaps, 1);
  depth++;
  int result = ((int (*)(void *, size_t))next)(address, length);
  depth--;
  return result;
}

/* Files that are mapped to be written and shared; the rest is none of a profile's business. */
static void note_mapping(void *address, size_t length, int protection, int flags, int file) {
  int type = flags & MAP_TYPE;
  if (address == MAP_FAILED || file < 0 || flags & MAP_ANONYMOUS || !(protection & PROT_WRITE) ||
      (type != MAP_SHARED && type != MAP_SHARED_VALIDATE) || depth > 0)
    return;
  char link[40], path[PATH_ROOM];
  int error = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t size = readlink(link, path, sizeof path - 1);
  errno = error;
  if (size <= 0) return;
  path[size] = 0;
  int is_sync = type == MAP_SHARED_VALIDATE && flags & MAP_SYNC;
  map_file(path, length, is_sync ? REGION_SYNC : 0);
}

/* The system call itself: other libraries map memory before there is a next function to be found. */
EXPORTED void *mmap(void *address, size_t length, int protection, int flags, int file,
                    off_t offset) {
  void *result = (void *)syscall(SYS_mmap, address, length, protection, flags, file, offset);
  note_mapping(result, length, protection, flags, file);
  return result;
}

EXPORTED void *mmap64(void *address, size_t length, int protection, int flags, int file,
                      off64_t offset) {
  return mmap(address, length, protection, flags, file, offset);
}
