// Preloaded into a dynamically linked checker: stops it before main and forks a child for each run,
// so that loading and linking are paid once. It stops in a constructor, which runs after those of the
// shared libraries and before those of the program: what a program initialises itself, it initialises
// in each run. Symbols are bound before (LD_BIND_NOW), or each child would look them up again. The environment of a run is set in the child; main's envp shows it too, since the C
// library hands main its current environment.
#define _GNU_SOURCE
#include "forkserver.h"

#include <readtracker.h>

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *entries;
static size_t entries_size;
static struct readtracker_board *notes;

static int read_all(void *into, size_t size) {
  for (char *at = into; size > 0;) {
    ssize_t got = read(forkserver_requests, at, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return 0;
    at += got;
    size -= (size_t)got;
  }
  return 1;
}

static void reply(int32_t value) {
  // A pipe takes four bytes whole. If nobody reads any more there is nothing left to do.
  if (write(forkserver_replies, &value, sizeof value) != sizeof value) _exit(0);
}

static int read_entries(uint32_t size) {
  if (size == FORKSERVER_UNCHANGED) return 1;
  // Not malloc: the checker's heap is to be as if it had been started alone.
  if (entries != NULL) munmap(entries, entries_size);
  entries = NULL;
  entries_size = size;
  if (size == 0) return 1;
  entries = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return entries != MAP_FAILED && read_all(entries, size);
}

static void apply_entries(void) {
  for (char *entry = entries; entry != NULL && entry < entries + entries_size;) {
    char *next = entry + strlen(entry) + 1;
    if (strchr(entry, '=') != NULL) putenv(entry); else unsetenv(entry);
    entry = next;
  }
}

// A forked child would lack the other threads of a library that starts some while it is loaded.
static int has_one_thread(void) {
  struct stat tasks;
  return stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink == 3;
}

static void become_checker(void) {
  setpgid(0, 0);
  close(forkserver_requests);
  close(forkserver_replies);
  apply_entries();
  if (notes != NULL) readtracker_begin(notes);
}

// Memory in which the lines read are noted; there is none where nobody wants to know.
static void map_notes(void) {
  struct stat status;
  if (fstat(forkserver_notes, &status) != 0) return;
  void *memory = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED,
                      forkserver_notes, 0);
  if (memory != MAP_FAILED) notes = memory;
  close(forkserver_notes);
}

// Ends what is left of the child's group while its number is still taken, then reaps it.
static int32_t wait_for(pid_t child) {
  siginfo_t info;
  int status = 0;
  while (waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {}
  kill(-child, SIGKILL);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return status;
}

__attribute__((constructor)) static void serve(void) {
  const char *told = getenv(FORKSERVER_VARIABLE);
  if (told == NULL) return;
  if (told[0] != '1') unsetenv("LD_BIND_NOW");
  if (told[1] == '1') map_notes();
  if (told[2] != 0) setenv("LD_PRELOAD", told + 2, 1); else unsetenv("LD_PRELOAD");
  unsetenv(FORKSERVER_VARIABLE);
  if (!has_one_thread()) {
    close(forkserver_requests);
    close(forkserver_replies);
    return;
  }
  reply((int32_t)FORKSERVER_GREETING);
  uint32_t size;
  while (read_all(&size, sizeof size) && read_entries(size)) {
    pid_t child = fork();
    if (child == 0) return become_checker();
    if (child > 0) setpgid(child, child);
    reply(child < 0 ? -errno : child);
    if (child > 0) reply(wait_for(child));
  }
  _exit(0);
}
