// Every way to flush a line and to order, on a file mapped shared.
//
//     flush-forms FILE          maps FILE (created, 8 KiB); line N is flushed by the N-th form
//
// One function holds the bytes of a clwb inside an immediate: nothing is flushed there.
#define _GNU_SOURCE
#include <asm/prctl.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static char *line(char *begin, int number) { return begin + 64 * number; }

__attribute__((noinline)) static void plain_forms(char *p) {
  __asm__ volatile("clflush (%0)" ::"r"(line(p, 0)) : "memory");
  __asm__ volatile("clflushopt (%0)" ::"r"(line(p, 1)) : "memory");
  __asm__ volatile("clwb (%0)" ::"r"(line(p, 2)) : "memory");
  __asm__ volatile(".byte 0x66; xsaveopt (%0)" ::"a"(line(p, 3)) : "memory");
  __asm__ volatile(".byte 0x66; clflush (%0)" ::"a"(line(p, 4)) : "memory");
}

__attribute__((noinline)) static void addressed_forms(char *p) {
  __asm__ volatile("movq %0, %%r13; clwb 5*64(%%r13)" ::"r"(p) : "memory", "r13");
  __asm__ volatile("movq %0, %%r12; clwb 6*64(%%r12)" ::"r"(p) : "memory", "r12");
  __asm__ volatile("clflushopt -64(%0,%1,8)" ::"r"(p), "r"(64l) : "memory");
  __asm__ volatile("movq %0, %%r9; movq $4, %%r14; clwb 8*64-8(%%r9,%%r14,2)" ::"r"(p)
                   : "memory", "r9", "r14");
  __asm__ volatile("movq %0, %%rax; clflush 0x240(,%%rax,1)" ::"r"(p) : "memory", "rax");
  __asm__ volatile("clwb 63(%0)" ::"r"(line(p, 10)) : "memory");
  // Registers that change right before and right after.
  __asm__ volatile("addq $704, %0; clwb (%0); addq $64, %0; clwb (%0)" : "+r"(p)::"memory");
}

__attribute__((noinline)) static void segment_form(char *p) {
  syscall(SYS_arch_prctl, ARCH_SET_GS, line(p, 12));
  __asm__ volatile("clwb %%gs:64" ::: "memory");
}

static uint64_t bytes_of_a_flush(void) {
  uint64_t value;
  __asm__ volatile("movabsq $0x30ae0f6630ae0f66, %0" : "=r"(value));
  return value;
}

__attribute__((noinline)) static void fences(char *p) {
  uint64_t elsewhere = 0;
  __asm__ volatile("sfence" ::: "memory");
  __asm__ volatile("mfence" ::: "memory");
  __asm__ volatile("lfence" ::: "memory");
  __asm__ volatile("clwb (%0)" ::"r"(p) : "memory");
  __asm__ volatile("lock incq %0" : "+m"(elsewhere));
  // Nothing waits for this one.
  __asm__ volatile("lock incq %0" : "+m"(elsewhere));
}

int main(int count, char **arguments) {
  if (count != 2) return 64;
  int file = open(arguments[1], O_RDWR | O_CREAT, 0600);
  if (file < 0 || ftruncate(file, 8192) != 0) return 74;
  // Below 2 GiB, so that an address fits a displacement.
  char *p = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_32BIT, file, 0);
  if (p == MAP_FAILED) return 74;
  plain_forms(p);
  addressed_forms(p);
  segment_form(p);
  if (bytes_of_a_flush() == 0) return 1;
  fences(p);
  return msync(p, 4096, MS_SYNC);
}
