// Work to measure recorders with: prints the nanoseconds of its loop.
//
//     load FILE mixed|append|compute OPERATIONS
//
// mixed: an append to a log and an update of a hash table, at odd operations by instructions and at even ones by
// libpmem, now and then a locked addition, non-temporal stores, copies by libpmem, and as much work in volatile memory
// as all of it. append: nothing but records of a line, each flushed and counted. compute: nothing persistent.
#include <fcntl.h>
#include <immintrin.h>
#include <libpmem.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 64 << 20, LOG = 32 << 20, BUCKETS = 1 << 14, VOLATILE = 1 << 12, STEPS = 300 };

static char *base;
static uint64_t scratch[VOLATILE];

__attribute__((target("clwb"))) static void persist_line(void *place) {
  _mm_clwb(place);
  _mm_sfence();
}

static uint64_t work(uint64_t seed) {
  for (int i = 0; i < STEPS; i++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    scratch[seed >> 52] = seed ^ (seed >> 29);
  }
  return seed;
}

// Without a reader the compiler would leave the stores out.
static uint64_t worked(void) {
  uint64_t all = 0;
  for (int i = 0; i < VOLATILE; i++) all ^= scratch[i];
  return all;
}

static void append(uint64_t number, uint64_t value) {
  struct {
    uint64_t words[6];
  } record = {{number, value, value ^ number, ~value, number * 3, value + 1}};
  uint64_t *tail = (uint64_t *)base;
  char *place = base + 4096 + number * 64 % (LOG - 4096);
  memcpy(place, &record, sizeof record);
  if (number % 2) {
    persist_line(place);
    *(volatile uint64_t *)tail = number;
    persist_line(tail);
  } else {
    pmem_persist(place, sizeof record);
    *(volatile uint64_t *)tail = number;
    pmem_persist(tail, 8);
  }
}

static void update(uint64_t number, uint64_t value) {
  volatile uint64_t *bucket = (uint64_t *)(base + LOG) + value % BUCKETS * 8;
  bucket[0] = value;
  bucket[1] = number;
  bucket[2] += 1;
  bucket[3] = value ^ number;
  if (number % 2) persist_line((void *)bucket);
  else pmem_persist((void *)bucket, 32);
}

static void seldom(uint64_t number) {
  static char block[4096];
  char *area = base + LOG + BUCKETS * 64;
  if (number % 4 == 0) __atomic_fetch_add((uint64_t *)(base + 64), 1, __ATOMIC_SEQ_CST);
  if (number % 8 == 0) {
    for (int i = 0; i < 8; i++) _mm_stream_si64((long long *)(area + number % 512 * 64) + i, number + i);
    _mm_sfence();
  }
  if (number % 16 == 0) pmem_memcpy_persist(area + (1 << 20) + number % 1024 * 256, block, 256);
  if (number % 64 == 0) pmem_memset_persist(area + (2 << 20) + number % 1024 * 256, (int)number, 256);
}

static void lines(uint64_t number) {
  volatile uint64_t *record = (uint64_t *)(base + 64 + number * 64 % (LOG - 64));
  for (int i = 0; i < 8; i++) record[i] = number + i;
  persist_line((void *)record);
  *(volatile uint64_t *)base = number;
  persist_line(base);
}

int main(int count, char **arguments) {
  if (count != 4) return 64;
  int file = open(arguments[1], O_RDWR | O_CREAT, 0600);
  if (file < 0 || ftruncate(file, SIZE) != 0) return 74;
  base = mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
  if (base == MAP_FAILED) return 74;
  const char *kind = arguments[2];
  uint64_t seed = 1, operations = strtoull(arguments[3], 0, 10);
  struct timespec begin, end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (uint64_t i = 1; i <= operations; i++) {
    if (kind[0] == 'a') {
      lines(i);
      continue;
    }
    seed = work(seed);
    if (kind[0] == 'c') continue;
    append(i, seed);
    update(i, seed >> 20);
    seldom(i);
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%ld\n", (end.tv_sec - begin.tv_sec) * 1000000000L + end.tv_nsec - begin.tv_nsec);
  return seed == 0 || worked() == 1;
}
