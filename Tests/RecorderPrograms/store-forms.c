// Every form of store, one region of 1 KiB each, in a file mapped shared: what a recorder must see.
//
//     store-forms FILE          maps FILE (created, 64 KiB), does every form this processor has
//
// prints a line for each form: its number, its name, and "done" or "absent". Each form changes every byte
// it writes, and the file ends with what all of them wrote.
#define _GNU_SOURCE
#include <cpuid.h>
#include <emmintrin.h>
#include <fcntl.h>
#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { REGION = 1024, REGIONS = 64 };

typedef struct {
  unsigned char bytes[200];
} Large;

static volatile unsigned char pattern[256];
#define WRITE(type, value) (*(volatile type *)p = (type)(value))

__attribute__((noinline)) static void one_byte(char *p) { WRITE(uint8_t, 0x11); }
static void two_bytes(char *p) { WRITE(uint16_t, 0x2222); }
static void four_bytes(char *p) { WRITE(uint32_t, 0x44444444); }
static void eight_bytes(char *p) { WRITE(uint64_t, 0x8888888888888888); }
static void unaligned_across_lines(char *p) {
  p += 61;
  WRITE(uint64_t, 0x8989898989898989);
}
static void sse_16(char *p) { _mm_store_si128((__m128i *)p, _mm_set1_epi8(0x16)); }
static void sse_low_8(char *p) { _mm_storel_epi64((__m128i *)p, _mm_set1_epi8(0x17)); }
static void sse_float_4(char *p) { _mm_store_ss((float *)p, _mm_set_ss(1.25f)); }
static void mmx_8(char *p) {
  __asm__ volatile("movq (%1), %%mm0; movq %%mm0, (%0); emms" ::"r"(p), "r"(pattern) : "memory", "mm0");
}
static void struct_copy(char *p) {
  Large large;
  memset(&large, 0x5c, sizeof large);
  *(Large *)p = large;
}
static void libc_memcpy(char *p) { memcpy(p, (const void *)pattern, 200); }
static void libc_memset(char *p) { memset(p, 0x3d, 300); }
static void libc_memmove(char *p) {
  memset(p, 0x3e, 100);
  memmove(p + 8, p, 100);
}
static void libc_strcpy(char *p) { strcpy(p, "a string of some length, copied by the C library"); }
static void rep_movsb(char *p) {
  const void *from = (const void *)pattern;
  size_t count = 77;
  __asm__ volatile("rep movsb" : "+D"(p), "+S"(from), "+c"(count)::"memory");
}
static void rep_stosq(char *p) {
  size_t count = 9;
  __asm__ volatile("rep stosq" : "+D"(p), "+c"(count) : "a"(0x7171717171717171ul) : "memory");
}
static void string_one(char *p) {
  const void *from = (const void *)pattern;
  __asm__ volatile("movsq; stosb" : "+D"(p), "+S"(from) : "a"(0x72) : "memory");
}
static void inline_assembly(char *p) { __asm__ volatile("movl $0x61616161, (%0)" ::"r"(p) : "memory"); }
static void read_modify_write(char *p) { __asm__ volatile("orq $0x62, (%0)" ::"r"(p) : "memory"); }
static void push_pop(char *p) {
  __asm__ volatile("pushq (%1); popq (%0)" ::"r"(p), "r"(pattern) : "memory");
}
static void set_condition(char *p) { __asm__ volatile("cmp %%eax, %%eax; sete (%0)" ::"r"(p) : "memory", "cc"); }
static void x87_store(char *p) { __asm__ volatile("fld1; fstpl (%0)" ::"r"(p) : "memory"); }
static void x87_extended(char *p) { __asm__ volatile("fldpi; fstpt (%0)" ::"r"(p) : "memory"); }
static void fxsave_512(char *p) { __asm__ volatile("fxsave64 (%0)" ::"r"(p) : "memory"); }

static void atomic_store(char *p) { __atomic_store_n((uint64_t *)p, 0xa1a1, __ATOMIC_RELEASE); }
static void atomic_exchange(char *p) { __atomic_exchange_n((uint32_t *)p, 0xa2a2, __ATOMIC_SEQ_CST); }
static void atomic_add(char *p) { __atomic_fetch_add((uint64_t *)p, 0xa3a3, __ATOMIC_SEQ_CST); }
static void atomic_or(char *p) { __asm__ volatile("lock orw $0xa4, (%0)" ::"r"(p) : "memory"); }
static void atomic_cas(char *p) {
  uint64_t expected = 0;
  __atomic_compare_exchange_n((uint64_t *)p, &expected, 0xa5a5, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}
static void atomic_cas_fails(char *p) {
  uint64_t expected = 1;
  __atomic_compare_exchange_n((uint64_t *)p, &expected, 0xa6a6, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}
static void atomic_cas_16(char *p) {
  uint64_t low = 0, high = 0;
  __asm__ volatile("lock cmpxchg16b (%2)"
                   : "+a"(low), "+d"(high)
                   : "r"(p), "b"(0xa7a7ul), "c"(0xa8a8ul)
                   : "memory", "cc");
}
static void bit_test_set(char *p) { __asm__ volatile("lock btsq $13, (%0)" ::"r"(p) : "memory", "cc"); }

__attribute__((target("avx"))) static void avx_32(char *p) {
  _mm256_store_si256((__m256i *)p, _mm256_set1_epi8(0x32));
}
__attribute__((target("avx2"))) static void avx2_masked(char *p) {
  __m256i mask = _mm256_setr_epi32(-1, 0, -1, 0, -1, 0, 0, -1);
  _mm256_maskstore_epi32((int *)p, mask, _mm256_set1_epi8(0x33));
}
__attribute__((target("avx512f"))) static void avx512_64(char *p) {
  _mm512_store_si512(p, _mm512_set1_epi32(0x64646464));
}
__attribute__((target("avx512f"))) static void avx512_masked(char *p) {
  _mm512_mask_storeu_epi32(p, 0xa5a5, _mm512_set1_epi32(0x65656565));
}
// The first element is stored where the third one is, which is later.
__attribute__((target("avx512f"))) static void avx512_scattered(char *p) {
  __m512i places = _mm512_setr_epi64(7, 5, 7, 1, 0, 11, 3, 2);
  _mm512_mask_i64scatter_epi64(p + 8, 0x9f, places, _mm512_setr_epi64(1, 2, 3, 4, 5, 6, 7, 8), 8);
}

static void nt_4(char *p) { _mm_stream_si32((int *)p, 0x04040404); }
static void nt_8(char *p) { _mm_stream_si64((long long *)p, 0x0808080808080808); }
static void nt_mmx_8(char *p) {
  __asm__ volatile("movq (%1), %%mm0; movntq %%mm0, (%0); emms" ::"r"(p), "r"(pattern)
                   : "memory", "mm0");
}
static void nt_16(char *p) { _mm_stream_si128((__m128i *)p, _mm_set1_epi8(0x1a)); }
static void nt_16_float(char *p) { _mm_stream_ps((float *)p, _mm_set1_ps(2.5f)); }
__attribute__((target("avx"))) static void nt_32(char *p) {
  _mm256_stream_si256((__m256i *)p, _mm256_set1_epi8(0x2a));
}
static void nt_masked_16(char *p) {
  _mm_maskmoveu_si128(_mm_set1_epi8(0x1b), _mm_set_epi32(-1, 0, -1, 0), p);
}
__attribute__((target("avx512f"))) static void nt_64(char *p) {
  _mm512_stream_si512((void *)p, _mm512_set1_epi32(0x6a6a6a6a));
}
__attribute__((target("movdir64b"))) static void direct_64(char *p) {
  _Alignas(64) unsigned char from[64];
  memset(from, 0x6b, sizeof from);
  _movdir64b(p, from);
}

static void kernel_read(char *p) {
  int fd = open("/proc/self/exe", O_RDONLY);
  if (read(fd, p, 500) != 500) abort();
  close(fd);
}
static void kernel_readv(char *p) {
  int fd = open("/proc/self/exe", O_RDONLY);
  struct iovec parts[2] = {{p, 30}, {p + 100, 30}};
  if (readv(fd, parts, 2) != 60) abort();
  close(fd);
}
static void kernel_recv(char *p) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) abort();
  if (send(pair[0], (const void *)pattern, 90, 0) != 90) abort();
  if (recv(pair[1], p, 90, 0) != 90) abort();
  close(pair[0]);
  close(pair[1]);
}
static int file;
static char *begin;
static void kernel_pwrite(char *p) {
  if (pwrite(file, (const void *)pattern, 120, p - begin) != 120) abort();
}

static int has_avx512(void) { return __builtin_cpu_supports("avx512f"); }
static int has_avx2(void) { return __builtin_cpu_supports("avx2"); }
static int has_avx(void) { return __builtin_cpu_supports("avx"); }
static int has_movdir64b(void) {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && c >> 28 & 1;
}

typedef struct {
  const char *name;
  void (*store)(char *);
  int (*is_there)(void);
} Form;

#define FORM(name) {#name, name, 0}
#define FORM_IF(name, test) {#name, name, test}
static const Form forms[] = {
  FORM(one_byte), FORM(two_bytes), FORM(four_bytes), FORM(eight_bytes),
  FORM(unaligned_across_lines), FORM(sse_16), FORM(sse_low_8), FORM(sse_float_4), FORM(mmx_8),
  FORM(struct_copy), FORM(libc_memcpy), FORM(libc_memset), FORM(libc_memmove), FORM(libc_strcpy),
  FORM(rep_movsb), FORM(rep_stosq), FORM(string_one), FORM(inline_assembly),
  FORM(read_modify_write), FORM(push_pop), FORM(set_condition), FORM(x87_store), FORM(x87_extended),
  FORM(fxsave_512), FORM(atomic_store), FORM(atomic_exchange), FORM(atomic_add), FORM(atomic_or),
  FORM(atomic_cas), FORM(atomic_cas_fails), FORM(atomic_cas_16), FORM(bit_test_set),
  FORM_IF(avx_32, has_avx), FORM_IF(avx2_masked, has_avx2), FORM_IF(avx512_64, has_avx512),
  FORM_IF(avx512_masked, has_avx512), FORM_IF(avx512_scattered, has_avx512), FORM(nt_4), FORM(nt_8), FORM(nt_mmx_8), FORM(nt_16),
  FORM(nt_16_float), FORM_IF(nt_32, has_avx), FORM(nt_masked_16), FORM_IF(nt_64, has_avx512),
  FORM_IF(direct_64, has_movdir64b), FORM(kernel_read), FORM(kernel_readv), FORM(kernel_recv),
  FORM(kernel_pwrite),
};

int main(int count, char **arguments) {
  if (count != 2) return 64;
  for (int i = 0; i < 256; i++) pattern[i] = 255 - i;
  file = open(arguments[1], O_RDWR | O_CREAT, 0600);
  if (file < 0 || ftruncate(file, REGION * REGIONS) != 0) return 74;
  begin = mmap(0, REGION * REGIONS, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (begin == MAP_FAILED) return 74;
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    int is_there = !forms[i].is_there || forms[i].is_there();
    if (is_there) forms[i].store(begin + i * REGION);
    printf("%zu %s %s\n", i, forms[i].name, is_there ? "done" : "absent");
  }
  return 0;
}
