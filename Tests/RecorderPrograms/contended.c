// Threads that store to the same line, with a lock and without.
//
//     contended FILE THREADS
//
// Word 0 is counted up by fetch-and-add, word 1 by compare-and-swap, word 2 under a lock; from word 8 on each
// thread has a word of its own, eight of them in a line.
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIZE = 4096, ROUNDS = 2000 };

static uint64_t *words;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void flush(void *place) { __asm__ volatile("clwb (%0); sfence" ::"r"(place) : "memory"); }

static void *count(void *number) {
  volatile uint64_t *own = &words[8 + (intptr_t)number];
  for (int i = 1; i <= ROUNDS; i++) {
    *own = i;
    __atomic_fetch_add(&words[0], 1, __ATOMIC_SEQ_CST);
    uint64_t seen = __atomic_load_n(&words[1], __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&words[1], &seen, seen + 1, 1, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED)) {
    }
    pthread_mutex_lock(&lock);
    *(volatile uint64_t *)&words[2] = words[2] + 1;
    pthread_mutex_unlock(&lock);
    if (i % 100 == 0) flush(words);
  }
  return 0;
}

int main(int count_of_arguments, char **arguments) {
  if (count_of_arguments != 3) return 64;
  int file = open(arguments[1], O_RDWR | O_CREAT, 0600);
  if (file < 0 || ftruncate(file, SIZE) != 0) return 74;
  words = mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (words == MAP_FAILED) return 74;
  pthread_t threads[16];
  int wanted = atoi(arguments[2]);
  for (intptr_t i = 0; i < wanted; i++) pthread_create(&threads[i], 0, count, (void *)i);
  for (int i = 0; i < wanted; i++) pthread_join(threads[i], 0);
  return words[0] == words[1] && words[1] == words[2] ? 0 : 1;
}
