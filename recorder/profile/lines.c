/* What a thread has written back since its last fence: which lines, as far as there is room to remember them,
   so that what is counted as written back again is never too much. */
#define _GNU_SOURCE
#include "profile.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ROOM = 4096, PROBES = 16 };

struct entry {
  uint64_t line;
  /* The epoch in which it was written back; other entries are empty. */
  uint64_t epoch;
};

static __thread struct entry *entries;
static __thread uint64_t epoch;
static __thread uint64_t pending;

static pthread_key_t key;

static void release(void *memory) { munmap(memory, ROOM * sizeof(struct entry)); }

static void forget_after_fork(void) {
  epoch++;
  pending = 0;
  if (profile != NULL) atomic_fetch_add(&profile->forks, 1);
}

__attribute__((constructor)) static void prepare(void) {
  pthread_key_create(&key, release);
  pthread_atfork(NULL, NULL, forget_after_fork);
}

/* The first call of a thread. */
static void begin_thread(void) {
  if (epoch != 0) return;
  epoch = 1;
  atomic_fetch_add(&profile->threads, 1);
  void *memory = (void *)syscall(SYS_mmap, NULL, ROOM * sizeof(struct entry),
                                 PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  entries = memory;
  pthread_setspecific(key, memory);
}

/* Whether a line was noted in this epoch before; it is from now on. */
static int note_line(uint64_t line) {
  uint64_t start = line * 0x9e3779b97f4a7c15u >> 52;
  for (uint64_t i = 0; i < PROBES; i++) {
    struct entry *entry = &entries[(start + i) % ROOM];
    if (entry->epoch == epoch && entry->line == line) return 1;
    if (entry->epoch == epoch) continue;
    entry->line = line;
    entry->epoch = epoch;
    return 0;
  }
  return 0;
}

uint64_t note_lines(uint64_t first, uint64_t count) {
  begin_thread();
  uint64_t again = 0;
  uint64_t noted = count < ROOM ? count : ROOM;
  for (uint64_t i = 0; entries != NULL && i < noted; i++) again += (uint64_t)note_line(first + i);
  pending += count - again;
  atomic_fetch_add(&profile->unfenced, count - again);
  return again;
}

uint64_t note_fence(void) {
  begin_thread();
  uint64_t before = pending;
  atomic_fetch_sub(&profile->unfenced, before);
  pending = 0;
  epoch++;
  return before;
}
