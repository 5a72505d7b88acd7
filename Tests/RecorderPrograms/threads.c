/* Threads that store to one file.
     threads FILE locked|lock-free COUNT   so many threads, 100 rounds each
     threads FILE race|ordered             one derives from what another has not made durable; or has */
#define _GNU_SOURCE
#include <fcntl.h>
#include <immintrin.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIZE = 1 << 16, ROUNDS = 100 };

/* All of the file. */
static struct {
  _Alignas(64) uint64_t counter;            /* under the lock */
  _Alignas(64) _Atomic uint64_t tickets;    /* lock-free */
  _Alignas(64) uint64_t source;
  _Alignas(64) uint64_t derived;
  _Alignas(64) uint64_t log[8 * ROUNDS];    /* many threads to a line */
} *file;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int step;

__attribute__((noinline)) static void persist(const void *place) {
  _mm_clflush(place);
  _mm_sfence();
}

static void *locked(void *number) {
  for (int i = 0; i < ROUNDS; i++) {
    pthread_mutex_lock(&lock);
    file->log[file->counter] = (uintptr_t)number;
    file->counter++;
    persist(&file->counter);
    pthread_mutex_unlock(&lock);
  }
  return 0;
}

static void *lock_free(void *number) {
  for (int i = 0; i < ROUNDS; i++) {
    uint64_t ticket = atomic_fetch_add(&file->tickets, 1);
    file->log[ticket] = (uintptr_t)number;
  }
  return 0;
}

static void wait_for(int number) {
  while (atomic_load(&step) < number) usleep(100);
}

static void *publish(void *is_ordered) {
  file->source = 41;
  if (is_ordered) persist(&file->source);
  atomic_store(&step, 1);
  wait_for(2);
  persist(&file->source);
  return 0;
}

static void *derive(void *ignored) {
  (void)ignored;
  wait_for(1);
  file->derived = file->source + 1;
  persist(&file->derived);
  atomic_store(&step, 2);
  return 0;
}

static void run_both(int is_ordered) {
  pthread_t threads[2];
  pthread_create(&threads[0], 0, publish, (void *)(intptr_t)is_ordered);
  pthread_create(&threads[1], 0, derive, 0);
  for (int i = 0; i < 2; i++) pthread_join(threads[i], 0);
}

static void run_many(int count, void *(*body)(void *)) {
  pthread_t threads[8];
  for (intptr_t i = 0; i < count; i++) pthread_create(&threads[i], 0, body, (void *)(i + 1));
  for (int i = 0; i < count; i++) pthread_join(threads[i], 0);
}

int main(int count, char **words) {
  if (count < 3) return 64;
  int descriptor = open(words[1], O_RDWR | O_CREAT, 0600);
  if (descriptor < 0 || ftruncate(descriptor, SIZE) != 0) return 74;
  file = mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (file == MAP_FAILED) return 74;
  if (strcmp(words[2], "race") == 0) run_both(0);
  else if (strcmp(words[2], "ordered") == 0) run_both(1);
  else if (count == 4) run_many(atoi(words[3]), strcmp(words[2], "locked") == 0 ? locked : lock_free);
  return 0;
}
