// A program that maps a file of 16 KiB, stores to it, and meets with something.
//
//     mishaps FILE WAY [PROGRAM]
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 16384, HALF = SIZE / 2, WORDS = SIZE / 8 };

static volatile uint64_t *words;
static int file;
static char **given;
static volatile sig_atomic_t interrupted;

static void flush(volatile void *address) {
  __asm__ volatile("clwb (%0); sfence" ::"r"(address) : "memory");
}

static void persist(int index, uint64_t value) {
  words[index] = value;
  flush(&words[index]);
}

static volatile uint64_t *map(off_t offset, size_t size) {
  void *mapped = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, offset);
  if (mapped == MAP_FAILED) abort();
  return mapped;
}

// A hundred stores of which nobody asked that they be durable.
static void leave_pending(void) {
  for (int i = 0; i < 100; i++) words[i] = i + 1;
}

static void die_killed(void) { raise(SIGKILL); }
static void die_of_fault(void) { *(volatile int *)0 = 1; }
static void die_at_once(void) { _exit(7); }

static void store_in_child(void) {
  pid_t child = fork();
  if (child == 0) {
    persist(1, 11);
    _exit(0);
  }
  waitpid(child, 0, 0);
}

static void fork_child_stores(void) {
  persist(0, 10);
  store_in_child();
}

static void fork_both_store(void) {
  persist(0, 10);
  store_in_child();
  persist(2, 12);
}

// The child does nothing to the file, and the parent stores after it.
static void fork_parent_stores(void) {
  persist(0, 10);
  pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, 0, 0);
  persist(2, 12);
}

static void wait_for_child(pid_t child) {
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) abort();
  persist(3, 100 + WEXITSTATUS(status));
}

static void start_by_vfork(void) {
  pid_t child = vfork();
  if (child == 0) {
    execl(given[3], given[3], given[1], "exit", (char *)0);
    _exit(127);
  }
  wait_for_child(child);
}

static void start_by_spawn(void) {
  extern char **environ;
  pid_t child = -1;
  char *arguments[] = {given[3], given[1], "exit", 0};
  if (posix_spawn(&child, given[3], 0, 0, arguments, environ) != 0) abort();
  wait_for_child(child);
}

static void become_other(void) {
  persist(0, 10);
  execl(given[3], given[3], given[1], "exit", (char *)0);
  abort();
}

static void fail_to_become(void) {
  persist(0, 10);
  if (execl("/no-such-program", "x", (char *)0) != -1 || errno != ENOENT) abort();
  persist(1, 11);
}

// Two addresses of the same bytes, and both are stored to.
static void map_twice(void) {
  volatile uint64_t *again = map(0, SIZE);
  words[0] = 1;
  again[1] = 2;
  again[0] = 3;
  words[1] = 4;
  flush(again);
}

// What was the upper half is other memory then, and the lower half stays.
static void map_other_there(void) {
  char *upper = (char *)words + HALF;
  words[WORDS - 1] = 1;
  if (munmap(upper, HALF) != 0) abort();
  void *other = mmap(upper, HALF, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  if (other != upper) abort();
  words[WORDS - 1] = 2;
  words[0] = 3;
  // Without unmapping it first.
  if (mmap((void *)words, HALF, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != words) {
    abort();
  }
  words[0] = 4;
}

static void grow_mapping(void) {
  if (ftruncate(file, 4 * SIZE) != 0) abort();
  volatile uint64_t *all = mremap((void *)words, SIZE, 4 * SIZE, MREMAP_MAYMOVE);
  if (all == MAP_FAILED) abort();
  all[0] = 1;
  all[4 * WORDS - 1] = 2;
  flush(&all[4 * WORDS - 1]);
}

// The bytes are part of the recording from then on, and were zero before.
static void grow_by_write(void) {
  persist(0, 10);
  if (pwrite(file, "appended", 8, SIZE) != 8) abort();
  volatile uint64_t *more = map(SIZE, 4096);
  more[0] = 5;
  flush(more);
}

static void shrink(void) {
  persist(WORDS - 1, 1);
  if (ftruncate(file, HALF) != 0) abort();
  persist(0, 2);
}

static void use_sparse(void) {
  enum { STEPS = 8 };
  uint64_t size = 10ull << 30, step = size / STEPS;
  if (ftruncate(file, size) != 0) abort();
  volatile uint64_t *all = map(0, size);
  for (uint64_t i = 0; i < STEPS; i++) {
    volatile uint64_t *last = &all[(i + 1) * (step / 8) - 1];
    *last = i + 1;
    flush(last);
  }
}

// More events than a small disk has room for.
static void store_much(void) {
  for (int i = 0; i < 100000; i++) persist(i % WORDS, i);
}

static void note(int signal) { interrupted = signal; }

// A signal comes to the recorder's command, or to both, as from a terminal.
static void wait_for_signal(void) {
  int wanted = strcmp(given[3], "INT") == 0 ? SIGINT : SIGTERM;
  signal(wanted, note);
  persist(0, 1);
  kill(getppid(), wanted);
  if (wanted == SIGINT) raise(SIGINT);
  while (!interrupted) usleep(1000);
  persist(1, interrupted);
  exit(5);
}

static void execute_avx512(void) {
  persist(0, 10);
  __asm__ volatile("vmovdqu64 %%zmm0, (%0)" ::"r"(words) : "memory");
}

static void just_exit(void) {
  persist(0, words[0] + 10);
  exit(3);
}

static const struct {
  const char *name;
  void (*run)(void);
} ways[] = {
  {"killed", die_killed},
  {"fault", die_of_fault},
  {"abort", abort},
  {"exit-at-once", die_at_once},
  {"child", fork_child_stores},
  {"both", fork_both_store},
  {"parent", fork_parent_stores},
  {"vfork", start_by_vfork},
  {"spawn", start_by_spawn},
  {"become", become_other},
  {"fail-to-become", fail_to_become},
  {"twice", map_twice},
  {"other-there", map_other_there},
  {"grow", grow_mapping},
  {"append", grow_by_write},
  {"shrink", shrink},
  {"sparse", use_sparse},
  {"much", store_much},
  {"wait", wait_for_signal},
  {"avx512", execute_avx512},
  {"exit", just_exit},
};

int main(int count, char **arguments) {
  if (count < 3) return 64;
  given = arguments;
  file = open(arguments[1], O_RDWR | O_CREAT, 0600);
  if (file < 0) return 74;
  if (lseek(file, 0, SEEK_END) < SIZE && ftruncate(file, SIZE) != 0) return 74;
  words = map(0, SIZE);
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    if (strcmp(arguments[2], ways[i].name) != 0) continue;
    if (i < 4) leave_pending();
    ways[i].run();
    return 0;
  }
  return 64;
}
