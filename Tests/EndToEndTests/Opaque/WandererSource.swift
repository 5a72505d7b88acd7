/// Source of checkers that wander: what they read next, and how, depends on what they have read.
///
/// A seed makes one checker. They read through mappings, files and streams, with words, vectors, strings
/// and system calls; they write, fork and crash; and end with one of a few statuses.
let wandererSource = #"""
  #define _GNU_SOURCE
  #include <fcntl.h>
  #include <immintrin.h>
  #include <stdint.h>
  #include <stdio.h>
  #include <stdlib.h>
  #include <string.h>
  #include <sys/mman.h>
  #include <sys/stat.h>
  #include <sys/uio.h>
  #include <sys/wait.h>
  #include <unistd.h>

  static const size_t places[] = {0, 64, 128, 63 * 64, 64 * 64, 130 * 64};
  static uint64_t mixed(uint64_t x) {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
  }
  static uint64_t sum(const void *bytes, size_t count) {
    uint64_t result = 0;
    for (size_t i = 0; i < count; i++) result = result * 7 + ((const unsigned char *)bytes)[i];
    return result;
  }
  static void string_copy(void *to, const void *from, size_t count) {
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
  }
  static int string_compare(const void *one, const void *other, size_t count) {
    unsigned char equal;
    __asm__ volatile("cmp %%al, %%al\n repe cmpsb\n sete %0"
                     : "=q"(equal), "+D"(one), "+S"(other), "+c"(count) : : "memory", "cc");
    return equal;
  }
  __attribute__((target("avx2"))) static uint64_t wide_load(const char *map, size_t at) {
    char bytes[32];
    _mm256_storeu_si256((void *)bytes, _mm256_loadu_si256((const void *)(map + at)));
    return sum(bytes, 32);
  }
  __attribute__((target("avx2"))) static uint64_t gather(const char *map, size_t at, size_t other) {
    __m128i both = _mm_i64gather_epi64((const void *)map, _mm_set_epi64x(at, other), 1);
    return sum(&both, 16);
  }
  static uint64_t look_at_memory(const char *map, size_t at, unsigned how, size_t other) {
    char bytes[64];
    switch (how % (__builtin_cpu_supports("avx2") ? 9 : 7)) {
    case 0: return *(volatile const uint64_t *)(map + at);
    case 1: memcpy(bytes, map + at, 33); return sum(bytes, 33);
    case 2: string_copy(bytes, map + at, 9); return sum(bytes, 9);
    case 3: return string_compare(map + at, map + other, 40);
    case 4: _mm_storeu_si128((void *)bytes, _mm_loadu_si128((const void *)(map + at))); return sum(bytes, 16);
    case 5: { int pipes[2]; pipe(pipes); write(pipes[1], map + at, 12); read(pipes[0], bytes, 12);
              close(pipes[0]); close(pipes[1]); return sum(bytes, 12); }
    case 7: return wide_load(map, at);
    case 8: return gather(map, at, other);
    default: return map[at] + (unsigned char)map[at + 4] * 3;
    }
  }
  static uint64_t look_at_file(const char *path, size_t at, unsigned how, size_t other) {
    char bytes[64] = {0};
    int f = open(path, how % 9 < 4 ? O_RDONLY : O_RDWR);
    switch (how % 9) {
    case 0: pread(f, bytes, 8, at); break;
    case 1: lseek(f, at, SEEK_SET); read(f, bytes, 4); break;
    case 2: { struct iovec parts[] = {{bytes, 4}, {bytes + 8, 8}}; preadv(f, parts, 2, at); break; }
    case 3: { FILE *in = fopen(path, "r"); fseek(in, at, SEEK_SET); fread(bytes, 1, 6, in); fclose(in); break; }
    case 4: pwrite(f, "Q", 1, at); pread(f, bytes, 2, at); break;
    case 5: case 6: {
      size_t page = at & ~4095ul;
      char *map = mmap(0, 8192, PROT_READ | PROT_WRITE, how % 9 == 5 ? MAP_SHARED : MAP_PRIVATE, f, page);
      char *second = mmap(0, 8192, PROT_READ, MAP_SHARED, f, page);
      map[at - page + 1] += 3;
      memcpy(bytes, second + (at - page), 8);
      bytes[9] = map[(other & 4095) + 1];
      munmap(map, 8192);
      munmap(second, 8192);
      break;
    }
    case 7: {
      char *map = mmap(0, 8192, PROT_READ, MAP_SHARED, f, at & ~4095ul);
      int status;
      if (fork() == 0) _exit(sum(map + (at & 4095), 8) % 200);
      wait(&status);
      bytes[0] = WEXITSTATUS(status);
      munmap(map, 8192);
      break;
    }
    default: { struct stat status; fstat(f, &status); bytes[0] = status.st_size / 64; }
    }
    close(f);
    return sum(bytes, sizeof bytes);
  }
  static int finish(uint64_t state) {
    if (state % 17 == 0) *(volatile int *)8 = 1;
    if (state % 19 == 0) abort();
    return state % 5 == 0 ? 3 : state % 5 == 1 ? 1 : 0;
  }
  static int wander(uint64_t seed, const char *path, const char *map) {
    uint64_t state = mixed(seed + 1);
    const size_t within[] = {0, 8, 16, 60, 62, 40};
    for (int step = 0; step < 5; step++) {
      uint64_t choice = mixed(state + step);
      size_t at = places[choice % 6] + within[choice / 8 % 6], other = places[choice / 64 % 6];
      unsigned how = choice >> 20 & 0xff;
      uint64_t seen = path && (!map || how & 1) ? look_at_file(path, at, how >> 1, other)
                                               : look_at_memory(map, at, how >> 1, other);
      state = mixed(state + seen % 5);
    }
    return finish(state);
  }
  static int wander_file(uint64_t seed, const char *path) {
    struct stat status;
    int f = open(path, O_RDONLY);
    fstat(f, &status);
    char *map = mmap(0, status.st_size, PROT_READ, MAP_SHARED, f, 0);
    close(f);
    int result = wander(seed, path, seed % 3 ? map : NULL);
    munmap(map, status.st_size);
    return result;
  }
  #define WANDERER(n) \
    int path_##n(const char *path) { return wander_file(n, path); } \
    int pointer_##n(const void *image, size_t size) { return wander(n, NULL, image); }
  WANDERER(0) WANDERER(1) WANDERER(2) WANDERER(3) WANDERER(4) WANDERER(5) WANDERER(6) WANDERER(7)
  int main(int count, char **arguments) { return wander_file(atoi(arguments[1]), arguments[2]); }
  """#
