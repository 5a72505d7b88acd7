/* Where calls came from: the return address and, as far as frame pointers lead, those of its callers. */
#define _GNU_SOURCE
#include "profile.h"

#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RANGE_ROOM = 1020, MOST_LISTS = 64, PROBES = 256 };

/* Code of a loaded module. */
struct range {
  uint64_t begin;
  uint64_t end;
  /* What is added to addresses of its file. */
  uint64_t bias;
  uint64_t module;
};

struct ranges {
  uint64_t count;
  struct range ranges[RANGE_ROOM];
};

/* Lists are replaced, never changed nor freed: another thread may be reading. */
static _Atomic(struct ranges *) current;
static _Atomic int lists;

/* The number of a module; it gets one. */
static uint64_t note_module(const char *name) {
  char resolved[PATH_MAX];
  const char *path = name[0] == 0 ? profile->program : realpath(name, resolved);
  if (path == NULL) path = name;
  uint64_t count = atomic_load(&profile->module_count);
  for (uint64_t i = 0; i < count && i < MODULE_ROOM; i++)
    if (atomic_load(&profile->modules[i].state) == SLOT_READY &&
        strcmp(profile->modules[i].path, path) == 0)
      return i;
  uint64_t number = atomic_fetch_add(&profile->module_count, 1);
  if (number >= MODULE_ROOM) return MODULE_ROOM;
  snprintf(profile->modules[number].path, PATH_ROOM, "%s", path);
  atomic_store(&profile->modules[number].state, SLOT_READY);
  return number;
}

/* Keeps a list in order. */
static void insert(struct ranges *list, struct range range) {
  uint64_t at = list->count++;
  for (; at > 0 && list->ranges[at - 1].begin > range.begin; at--)
    list->ranges[at] = list->ranges[at - 1];
  list->ranges[at] = range;
}

static int add_module(struct dl_phdr_info *info, size_t size, void *list) {
  (void)size;
  struct ranges *ranges = list;
  uint64_t module = MODULE_ROOM + 1;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_X) == 0) continue;
    if (ranges->count == RANGE_ROOM) return 1;
    if (module > MODULE_ROOM) module = note_module(info->dlpi_name);
    uint64_t begin = info->dlpi_addr + segment->p_vaddr;
    insert(ranges, (struct range){begin, begin + segment->p_memsz, info->dlpi_addr, module});
  }
  return 0;
}

static void list_modules(void) {
  if (atomic_fetch_add(&lists, 1) >= MOST_LISTS) return;
  void *memory = (void *)syscall(SYS_mmap, NULL, sizeof(struct ranges), PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  dl_iterate_phdr(add_module, memory);
  atomic_store(&current, memory);
}

static const struct range *find_range(uint64_t address) {
  struct ranges *list = atomic_load(&current);
  if (list == NULL) return NULL;
  uint64_t low = 0, high = list->count;
  while (low < high) {
    uint64_t middle = (low + high) / 2;
    if (list->ranges[middle].end <= address) low = middle + 1;
    else high = middle;
  }
  return low < list->count && list->ranges[low].begin <= address ? &list->ranges[low] : NULL;
}

static __thread uint64_t stack_end;

/* The stack of the thread; 1 where it is not known, so that it is asked for once. */
static uint64_t find_stack_end(void) {
  pthread_attr_t attributes;
  void *begin;
  size_t size;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 1;
  int error = pthread_attr_getstack(&attributes, &begin, &size);
  pthread_attr_destroy(&attributes);
  return error == 0 ? (uint64_t)begin + size : 1;
}

/* A frame without a frame pointer has anything where one would be: only what leads up the stack to the
   address of code is believed. */
int find_frames(void *return_address, void *frame, uint64_t addresses[FRAME_ROOM]) {
  addresses[0] = (uint64_t)return_address;
  if (find_range(addresses[0] - 1) == NULL) list_modules();
  if (stack_end == 0) stack_end = find_stack_end();
  uint64_t at = (uint64_t)frame;
  int count = 1;
  while (count < FRAME_ROOM) {
    uint64_t next = *(uint64_t *)at;
    if (next <= at || next % 8 != 0 || next + 16 > stack_end) break;
    uint64_t caller = ((uint64_t *)next)[1];
    if (find_range(caller - 1) == NULL) break;
    addresses[count++] = caller;
    at = next;
  }
  return count;
}

static uint64_t hash(enum function function, const uint64_t *addresses, int count) {
  uint64_t value = 0xcbf29ce484222325u ^ function;
  for (int i = 0; i < count; i++) {
    value = (value ^ addresses[i]) * 0x9e3779b97f4a7c15u;
    value ^= value >> 29;
  }
  return value == 0 ? 1 : value;
}

static void describe(struct site *site, enum function function, const uint64_t *addresses,
                     int count) {
  site->function = (uint16_t)function;
  site->frame_count = (uint16_t)count;
  for (int i = 0; i < count; i++) {
    /* Of the call, not of what follows it. */
    const struct range *range = find_range(addresses[i] - 1);
    site->frames[i].offset = addresses[i] - 1 - (range == NULL ? 0 : range->bias);
    site->frames[i].module = range == NULL ? MODULE_ROOM : range->module;
  }
  atomic_store(&site->state, SLOT_READY);
}

/* Sites are told apart by their hashes of 64 bits alone. */
struct counts *find_counts(enum function function, const uint64_t *addresses, int count) {
  uint64_t wanted = hash(function, addresses, count);
  for (uint64_t i = 0; i < PROBES; i++) {
    struct site *site = &profile->sites[(wanted + i) % SITE_ROOM];
    uint64_t found = atomic_load(&site->hash);
    if (found == 0 && atomic_compare_exchange_strong(&site->hash, &found, wanted)) {
      describe(site, function, addresses, count);
      found = wanted;
    }
    if (found == wanted) return &site->counts;
  }
  atomic_fetch_add(&profile->lost_calls, 1);
  return NULL;
}
