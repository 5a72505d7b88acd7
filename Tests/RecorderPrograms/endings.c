// A program that maps a file of 16 KiB, stores to it, and ends in one of several ways.
//
//     endings FILE WAY
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 16384, ROUNDS = 500 };

static volatile uint64_t *words;
static int file;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void persist(int index, uint64_t value) {
  words[index] = value;
  __asm__ volatile("clwb (%0); sfence" ::"r"(&words[index]) : "memory");
}

static volatile uint64_t *map(size_t offset, size_t size) {
  return mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, offset);
}

static void in_child(void) {
  pid_t child = fork();
  if (child == 0) {
    persist(1, 11);
    _exit(0);
  }
  waitpid(child, 0, 0);
  persist(2, 12);
}

// Each counts in a line of its own, and both in one line under a lock.
static void *count(void *number) {
  for (int i = 0; i < ROUNDS; i++) {
    persist(8 * (1 + (int)(intptr_t)number), i + 1);
    pthread_mutex_lock(&lock);
    persist(64, words[64] + 1);
    pthread_mutex_unlock(&lock);
    __atomic_fetch_add((uint64_t *)&words[72], 1, __ATOMIC_SEQ_CST);
  }
  return 0;
}

static void in_threads(void) {
  pthread_t threads[2];
  for (intptr_t i = 0; i < 2; i++) pthread_create(&threads[i], 0, count, (void *)i);
  for (int i = 0; i < 2; i++) pthread_join(threads[i], 0);
}

// The second mapping is of the same bytes; the first loses its upper half.
static void mapped_twice(void) {
  volatile uint64_t *again = map(0, SIZE);
  again[3] = 13;
  munmap((void *)((char *)words + SIZE / 2), SIZE / 2);
  again[SIZE / 8 - 1] = 14;
}

static void grown(void) {
  if (ftruncate(file, 4 * SIZE) != 0) abort();
  volatile uint64_t *upper = map(2 * SIZE, SIZE);
  upper[0] = 15;
  volatile uint64_t *moved = mremap((void *)upper, SIZE, 2 * SIZE, MREMAP_MAYMOVE);
  if (moved == MAP_FAILED) abort();
  moved[2 * SIZE / 8 - 1] = 16;
}

static void written(void) {
  if (pwrite(file, "written", 7, 4096) != 7 || fsync(file) != 0) abort();
}

// Another process would do this: no store of ours.
static void behind_the_back(void) {
  if (system("printf X | dd of=\"$FILE\" bs=1 seek=9000 conv=notrunc 2>/dev/null") != 0) abort();
}

int main(int count, char **arguments) {
  if (count != 3) return 64;
  const char *way = arguments[2];
  setenv("FILE", arguments[1], 1);
  file = open(arguments[1], O_RDWR | O_CREAT, 0600);
  if (file < 0 || ftruncate(file, SIZE) != 0) return 74;
  words = map(0, SIZE);
  if (strcmp(way, "no-flush") == 0) {
    words[1] = 1;
    return 0;
  }
  if (strcmp(way, "nothing") == 0) return 0;
  persist(0, words[0] + 10);
  if (strcmp(way, "exit") == 0) return 3;
  if (strcmp(way, "kill") == 0) raise(SIGKILL);
  if (strcmp(way, "abort") == 0) abort();
  if (strcmp(way, "exec") == 0) execl("/bin/true", "true", (char *)0);
  if (strcmp(way, "fork") == 0) in_child();
  if (strcmp(way, "threads") == 0) in_threads();
  if (strcmp(way, "twice") == 0) mapped_twice();
  if (strcmp(way, "grow") == 0) grown();
  if (strcmp(way, "write") == 0) written();
  if (strcmp(way, "behind") == 0) behind_the_back();
  return 0;
}
