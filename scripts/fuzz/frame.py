"""The C text around the statements of a random program, and its measures."""

BASE = 0x30000000
REGION = 1024
REGIONS = 64
LOCALS = 13

PROLOGUE = r"""
#define _GNU_SOURCE
#include <complex.h>
#include <fcntl.h>
#include <immintrin.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>
#ifdef LIBPMEM
#include <libpmem.h>
#endif
#define NOINLINE __attribute__((noinline))
#define FLUSHING __attribute__((target("clwb,clflushopt")))
typedef unsigned __int128 u128;
typedef uint64_t u64;
static int file;
static char *pm;
static unsigned char source[8192];
static __thread u64 own = 7;
extern volatile u64 slot __asm__("fuzz_slot");
volatile u64 slot __attribute__((visibility("hidden"))) = 0;
static inline u64 mix(u64 h, u64 v) {
  h = (h ^ v) * 0x9E3779B97F4A7C15u;
  return h ^ h >> 29;
}
static NOINLINE u64 varied(volatile u64 *to, int count, ...) {
  va_list list;
  va_start(list, count);
  u64 h = 1;
  for (int i = 0; i < count; i++) h = mix(h, to[i] = va_arg(list, u64));
  va_end(list);
  return h;
}
static NOINLINE u64 floating(double *to, int count, ...) {
  va_list list;
  va_start(list, count);
  double sum = 0;
  for (int i = 0; i < count; i++) sum += to[i] = va_arg(list, double);
  va_end(list);
  return (u64)sum;
}
static NOINLINE u64 deep(volatile uint16_t *to, int depth, u64 x) {
  to[depth & 15] = x;
  if (depth == 0) return x;
  u64 y = deep(to, depth - 1, x * 3 + depth);
  to[depth & 15] ^= y;
  return y + depth;
}
static NOINLINE void twice(jmp_buf where, volatile u64 *to, u64 x) { *to = x; longjmp(where, 3); }
static NOINLINE u64 switched(volatile uint32_t *to, u64 x) {
  switch (x % 9) {
  case 0: to[0] = 9; return 1;
  case 1: to[1] = 8; to[0] = 7; return x ^ 2;
  case 2: to[2] += x; return 3;
  case 3: ((volatile uint8_t *)to)[3] = x; return to[0];
  case 4: to[4] ^= x; return 5;
  case 5: to[0] = x; to[5] = x >> 3; return x * 7;
  case 6: to[6]--; return 6;
  case 7: ((volatile uint16_t *)to)[7] |= x; return 77;
  default: to[8] = ~x; return 88;
  }
}
static NOINLINE u64 leaf(volatile u64 *to, u64 x) {
  volatile u64 red[6];
  for (int i = 0; i < 6; i++) red[i] = x * (i + 3);
  *to = x;
  to[1] = red[5];
  u64 h = 0;
  for (int i = 0; i < 6; i++) h = mix(h, red[i]);
  return h;
}
// Callers expect more registers to be kept than C's own convention keeps. gcc 12 fails at calls of the second in C++.
#ifdef __clang__
#define FOREIGN __attribute__((ms_abi))
#else
#define FOREIGN
#endif
static NOINLINE __attribute__((preserve_most)) void most(volatile u64 *to, u64 x) { to[0] = x; to[1] ^= x * 3; }
static NOINLINE FOREIGN u64 foreign(volatile u64 *to, u64 x) { to[0] = x; return to[1] += x ^ 9; }
typedef u64 (*Function)(volatile u64 *, u64);
static NOINLINE u64 other(volatile u64 *to, u64 x) { return to[2] = x - 5; }
static Function const functions[] = {leaf, other};
struct Bits { unsigned a : 3, b : 11, c : 18; u64 d : 41, e : 5; };
struct __attribute__((packed)) Packed { uint8_t a; uint32_t b; uint16_t c; u64 d; };
struct Node { struct Node *next; u64 value; uint32_t count; };
#define SIZED(n) struct S##n { unsigned char bytes[n]; }; \
  static NOINLINE struct S##n make##n(u64 x) { struct S##n s; \
    for (int i = 0; i < n; i++) s.bytes[i] = x >> (i & 31); return s; }
SIZED(3) SIZED(5) SIZED(7) SIZED(12) SIZED(17) SIZED(24) SIZED(31) SIZED(47) SIZED(63) SIZED(200)
"""

EPILOGUE = r"""
static void *nothing(void *x) { return x; }
int main(int count, char **words) {
  (void)count;
  for (int i = 0; i < (int)sizeof source; i++) source[i] = i * 7 + 13 + (i >> 8);
  file = open(words[1], O_RDWR | O_CREAT, 0600);
  if (file < 0 || ftruncate(file, 65536) != 0) return 74;
  pm = (char *)mmap((void *)0x30000000, 65536, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE, file, 0);
  if (pm != (void *)0x30000000) return 75;
  if (THREADED) {
    pthread_t thread;
    pthread_create(&thread, 0, nothing, 0);
    pthread_join(thread, 0);
  }
  u64 h = 1;
  CALLS
  // The C library's own locks are fences where something waits for one.
  _mm_sfence();
  printf("%016llx %llu\n", (unsigned long long)h, (unsigned long long)own);
  return h & 63;
}
"""
