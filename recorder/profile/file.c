/* The file that a process counts in: made at its first call, so that programs without any leave none. */
#define _GNU_SOURCE
#include "profile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct profile *profile;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void complain(const char *what) {
  char text[300];
  int size = snprintf(text, sizeof text, "fencepost: nothing of process %d is profiled: %s: %m\n",
                      (int)getpid(), what);
  if (write(2, text, size < (int)sizeof text ? (size_t)size : sizeof text) < 0) return;
}

/* A process that is executed again and again has a file for each program that it becomes. */
static int create(const char *directory) {
  char path[PATH_MAX];
  for (int number = 0; number < 10000; number++) {
    snprintf(path, sizeof path, "%s/%d.%d.profile", directory, (int)getpid(), number);
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0 || errno != EEXIST) return file;
  }
  return -1;
}

static void make(void) {
  const char *directory = getenv("FENCEPOST_PROFILE");
  if (directory == NULL) return;
  int file = create(directory);
  if (file < 0) return complain(directory);
  /* Space is taken now: where a disk is full later, a store would end the program. */
  errno = posix_fallocate(file, 0, sizeof(struct profile));
  if (errno != 0) {
    complain("there is no space for its file");
    close(file);
    return;
  }
  /* Not mmap, which is ours. */
  struct profile *made = (struct profile *)syscall(
      SYS_mmap, NULL, sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (made == MAP_FAILED) return complain("its file cannot be mapped");
  memcpy(made->magic, "FPPROFIL", 8);
  made->version = PROFILE_VERSION;
  made->process = (uint32_t)getpid();
  if (readlink("/proc/self/exe", made->program, PATH_ROOM - 1) < 0) made->program[0] = 0;
  profile = made;
}

int is_profiling(void) {
  pthread_once(&once, make);
  return profile != NULL;
}

/* What is mapped several times stands once, with its greatest length. */
void note_region(const char *path, uint64_t length, uint32_t flags) {
  for (int i = 0; i < REGION_ROOM; i++) {
    struct region *region = &profile->regions[i];
    uint32_t state = SLOT_EMPTY;
    if (atomic_compare_exchange_strong(&region->state, &state, SLOT_CLAIMED)) {
      region->flags = flags;
      region->length = length;
      snprintf(region->path, PATH_ROOM, "%s", path);
      atomic_store(&region->state, SLOT_READY);
      return;
    }
    if (state == SLOT_READY && region->flags == flags && strcmp(region->path, path) == 0) {
      if (region->length < length) region->length = length;
      return;
    }
  }
  atomic_fetch_add(&profile->lost_regions, 1);
}
