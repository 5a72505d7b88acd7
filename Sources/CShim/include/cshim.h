/* Names the instructions and calls that Swift cannot: one function each, no state, no policy.
 *
 * Instructions are inline assembly, so that each call is exactly one instruction, is inlined whatever the
 * target's features, and keeps its place among the others ("memory" keeps the compiler from moving plain
 * accesses over it). Running one that the processor lacks is the caller's mistake: see the probes. */
#ifndef CSHIM_H
#define CSHIM_H

#include <cpuid.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CSHIM static inline __attribute__((always_inline, unused))

/* Stores. Any alignment. */

CSHIM void cshim_store8(void *to, uint8_t value) {
  __asm__ volatile("movb %b1, %0" : "=m"(*(volatile char *)to) : "q"(value) : "memory");
}
CSHIM void cshim_store16(void *to, uint16_t value) {
  __asm__ volatile("movw %w1, %0" : "=m"(*(volatile char *)to) : "r"(value) : "memory");
}
CSHIM void cshim_store32(void *to, uint32_t value) {
  __asm__ volatile("movl %k1, %0" : "=m"(*(volatile char *)to) : "r"(value) : "memory");
}
CSHIM void cshim_store64(void *to, uint64_t value) {
  __asm__ volatile("movq %q1, %0" : "=m"(*(volatile char *)to) : "r"(value) : "memory");
}
CSHIM void cshim_movnti32(void *to, uint32_t value) {
  __asm__ volatile("movnti %k1, %0" : "=m"(*(volatile char *)to) : "r"(value) : "memory");
}
CSHIM void cshim_movnti64(void *to, uint64_t value) {
  __asm__ volatile("movnti %q1, %0" : "=m"(*(volatile char *)to) : "r"(value) : "memory");
}

/* Locked read-modify-writes of naturally aligned words; the previous value is returned. */

CSHIM uint64_t cshim_exchange64(void *at, uint64_t value) {
  __asm__ volatile("xchgq %0, (%1)" : "+r"(value) : "r"(at) : "memory");
  return value;
}
CSHIM uint32_t cshim_exchange32(void *at, uint32_t value) {
  __asm__ volatile("xchgl %0, (%1)" : "+r"(value) : "r"(at) : "memory");
  return value;
}
CSHIM uint64_t cshim_add64(void *at, uint64_t value) {
  __asm__ volatile("lock xaddq %0, (%1)" : "+r"(value) : "r"(at) : "memory", "cc");
  return value;
}
CSHIM uint32_t cshim_add32(void *at, uint32_t value) {
  __asm__ volatile("lock xaddl %0, (%1)" : "+r"(value) : "r"(at) : "memory", "cc");
  return value;
}
CSHIM uint64_t cshim_compare_exchange64(void *at, uint64_t expected, uint64_t value) {
  __asm__ volatile("lock cmpxchgq %2, (%1)"
                   : "+a"(expected) : "r"(at), "r"(value) : "memory", "cc");
  return expected;
}
CSHIM uint32_t cshim_compare_exchange32(void *at, uint32_t expected, uint32_t value) {
  __asm__ volatile("lock cmpxchgl %2, (%1)"
                   : "+a"(expected) : "r"(at), "r"(value) : "memory", "cc");
  return expected;
}

/* Line flushes and fences. */

CSHIM void cshim_clwb(void *at) {
  __asm__ volatile("clwb %0" : "+m"(*(volatile char *)at) : : "memory");
}
CSHIM void cshim_clflushopt(void *at) {
  __asm__ volatile("clflushopt %0" : "+m"(*(volatile char *)at) : : "memory");
}
CSHIM void cshim_clflush(void *at) {
  __asm__ volatile("clflush %0" : "+m"(*(volatile char *)at) : : "memory");
}
CSHIM void cshim_sfence(void) { __asm__ volatile("sfence" : : : "memory"); }
CSHIM void cshim_mfence(void) { __asm__ volatile("mfence" : : : "memory"); }

/* Processor probes: CPUID leaf 7, subleaf 0, EBX bits 23 and 24 (Intel SDM vol. 2A, CPUID). */

CSHIM uint32_t cshim_leaf7_ebx(void) {
  uint32_t a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) ? b : 0;
}
CSHIM bool cshim_has_clflushopt(void) { return cshim_leaf7_ebx() >> 23 & 1; }
CSHIM bool cshim_has_clwb(void) { return cshim_leaf7_ebx() >> 24 & 1; }

/* Call sites. Both belong to the function that the call is inlined into. */

CSHIM uint64_t cshim_return_address(void) { return (uint64_t)__builtin_return_address(0); }
CSHIM const void *cshim_frame(void) { return __builtin_frame_address(0); }

/* Follows saved frame pointers from `frame` while they stay on the stack `low..<high` and ascend; returns
 * the number of return addresses found, at most `count`, innermost first. */
CSHIM int cshim_walk_frames(
    const void *frame, uint64_t low, uint64_t high, uint64_t *addresses, int count) {
  int found = 0;
  uint64_t at = (uint64_t)frame;
  while (found < count && at >= low && at % 8 == 0 && high >= 16 && at <= high - 16) {
    uint64_t next = ((const uint64_t *)at)[0];
    uint64_t address = ((const uint64_t *)at)[1];
    if (!address) break;
    addresses[found++] = address;
    if (next <= at) break;
    at = next;
  }
  return found;
}

/* Return addresses by unwind tables (libunwind), innermost first, beginning in libunwind's caller; the number
 * found, at most `count`. */
int cshim_unwind(uint64_t *addresses, int count);

/* The object file that holds a code address, and the address relative to where it is loaded; false if none
 * does. The name lives as long as the process keeps the object loaded. */
bool cshim_find_object(uint64_t address, const char **name, uint64_t *offset);

/* The function that holds a code address, as its object's symbol table spells it, into `name`; false if not
 * known. `offset` counts from the function's first byte. */
bool cshim_find_function(uint64_t address, char *name, size_t size, uint64_t *offset);

/* A Swift name in readable form, to be freed by the caller; null if it is none. */
char *cshim_demangle(const char *name);

/* Lowest and highest address of the calling thread's stack; false if they cannot be told. */
bool cshim_stack_bounds(uint64_t *low, uint64_t *high);

/* libpmem: null or -1 with errno set on failure. A size of 0 maps a whole file that exists; another creates
 * a file of that size, which must not exist. */

void *cshim_map_file(const char *path, size_t size, mode_t mode, size_t *mapped, bool *is_pmem);
int cshim_unmap(void *base, size_t size);
int cshim_msync(const void *base, size_t size);
int cshim_deep_persist(const void *base, size_t size);

#endif
