/* What `fencepost record --profile` preloads: a profile of a program's calls of libpmem.
   Under the Apache License 2.0, as LICENSE at the top says.

   The form of the file that a process writes; Sources/fencepost/Record/Profile reads it. Numbers are
   little-endian. The file is mapped and shared, so that nothing counted is lost when the process is killed,
   and children that it forks count in it too; a program that is executed makes a file of its own.

   Tables are filled without locks. A slot counts once its `state` is SLOT_READY; what was claimed and never
   became ready, since the process was killed between, is passed over. */
#ifndef FENCEPOST_PROFILE_H
#define FENCEPOST_PROFILE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
  PROFILE_VERSION = 1,
  SITE_ROOM = 8192,
  MODULE_ROOM = 256,
  REGION_ROOM = 256,
  FRAME_ROOM = 4,
  PATH_ROOM = 1000,
};

enum { SLOT_EMPTY, SLOT_CLAIMED, SLOT_READY };

/* Functions, by number; the reader has their names in the same order. */
enum function {
  CALL_FLUSH, CALL_DRAIN, CALL_PERSIST, CALL_MSYNC,
  CALL_DEEP_FLUSH, CALL_DEEP_DRAIN, CALL_DEEP_PERSIST,
  CALL_MEMMOVE_PERSIST, CALL_MEMCPY_PERSIST, CALL_MEMSET_PERSIST,
  CALL_MEMMOVE_NODRAIN, CALL_MEMCPY_NODRAIN, CALL_MEMSET_NODRAIN,
  CALL_MEMMOVE, CALL_MEMCPY, CALL_MEMSET,
  CALL_SYSTEM_MSYNC,
};

/* What was counted at one site. */
struct counts {
  _Atomic uint64_t calls;
  /* Bytes of the ranges that were passed. */
  _Atomic uint64_t bytes;
  /* Cache lines that were written back, by flushes or by copies that flush. */
  _Atomic uint64_t lines;
  /* Of these, lines that the same thread had written back by libpmem since its last fence. */
  _Atomic uint64_t again;
  _Atomic uint64_t fences;
  /* Of these, fences of threads that had written nothing back by libpmem since their last fence. */
  _Atomic uint64_t idle;
};

/* An address as the debug information of its module has it. */
struct frame {
  uint64_t offset;
  /* Number of the module; MODULE_ROOM where none is known. */
  uint64_t module;
};

struct site {
  /* Of the function and the addresses, never 0. */
  _Atomic uint64_t hash;
  _Atomic uint32_t state;
  uint16_t function;
  uint16_t frame_count;
  struct counts counts;
  struct frame frames[FRAME_ROOM];
};

struct module {
  _Atomic uint32_t state;
  uint32_t unused;
  char path[PATH_ROOM];
};

enum { REGION_LIBPMEM = 1, REGION_IS_PMEM = 2, REGION_SYNC = 4 };

/* A file that was mapped, shared, by pmem_map_file or mmap. */
struct region {
  _Atomic uint32_t state;
  uint32_t flags;
  uint64_t length;
  char path[PATH_ROOM];
};

struct profile {
  char magic[8]; /* "FPPROFIL" */
  uint32_t version;
  uint32_t process;
  _Atomic uint64_t forks;
  _Atomic uint64_t threads;
  /* Calls at sites for which there was no room. */
  _Atomic uint64_t lost_calls;
  _Atomic uint64_t lost_regions;
  _Atomic uint64_t unmaps;
  /* Lines written back after which their thread has made no fence yet. */
  _Atomic uint64_t unfenced;
  _Atomic uint64_t module_count;
  char program[PATH_ROOM];
  struct site sites[SITE_ROOM];
  struct module modules[MODULE_ROOM];
  struct region regions[REGION_ROOM];
};

/* The reader has these numbers too. */
_Static_assert(sizeof(struct site) == 128 && sizeof(struct module) == 1008 &&
                   sizeof(struct region) == 1016 && offsetof(struct profile, program) == 72 &&
                   offsetof(struct profile, sites) == 1072 && sizeof(struct profile) == 1567792,
               "The form of the file is another version");

/* sites.c: where a call came from. */

/* Addresses of the callers of the function whose frame is given, the nearest first; at most FRAME_ROOM. */
int find_frames(void *return_address, void *frame, uint64_t addresses[FRAME_ROOM]);
/* The counts of a site; NULL where there is no room. */
struct counts *find_counts(enum function function, const uint64_t *addresses, int count);

/* lines.c: what the thread has written back since its last fence. */

/* Notes that lines were written back: how many of them had been before. */
uint64_t note_lines(uint64_t first, uint64_t count);
/* Notes a fence: how many lines had been written back since the one before. */
uint64_t note_fence(void);

/* file.c: the mapped file; NULL where nothing is profiled. */
/* Whether calls are counted; makes the file at the first call. */
int is_profiling(void);
extern struct profile *profile;
void note_region(const char *path, uint64_t length, uint32_t flags);

#endif
