// Calls libpmem in ways whose counts are known.
//
//     libpmem-calls FILE calls|threads|kill|fork|exec|none
#include <libpmem.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 1 << 20, THREADS = 4, ROUNDS = 1000 };

static char *base;
static char source[4096];

__attribute__((noinline)) static void persist_record(char *at, size_t size) {
  at[0]++;
  pmem_persist(at, size);
  __asm__ volatile("" ::: "memory");
}

static void call_everything(void) {
  for (volatile int i = 0; i < 3; i++) persist_record(base, 200);
  for (volatile int i = 0; i < 2; i++) pmem_flush(base, 64);
  for (volatile int i = 0; i < 2; i++) pmem_drain();
  pmem_memcpy_persist(base + 4096, source, 256);
  pmem_memset(base, 1, 128, PMEM_F_MEM_NOFLUSH);
  pmem_msync(base, 100);
  // After these there is no fence.
  pmem_memcpy(base + 8192, source, 64, PMEM_F_MEM_NODRAIN);
  pmem_memmove_nodrain(base + 100, source, 130);
}

static void *count_own_line(void *line) {
  for (int i = 0; i < ROUNDS; i++) persist_record(line, 8);
  return NULL;
}

static void run_threads(void) {
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++)
    pthread_create(&threads[i], NULL, count_own_line, base + 64 * i);
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
}

static void persist_in_child(void) {
  persist_record(base, 8);
  pid_t child = fork();
  if (child == 0) {
    for (int i = 0; i < 10; i++) persist_record(base, 8);
    _exit(0);
  }
  waitpid(child, NULL, 0);
}

int main(int count, char **arguments) {
  if (count != 3) return 64;
  const char *way = arguments[2];
  if (strcmp(way, "none") == 0) return 5;
  base = pmem_map_file(arguments[1], SIZE, PMEM_FILE_CREATE, 0600, NULL, NULL);
  if (base == NULL) return 74;
  if (strcmp(way, "calls") == 0) call_everything();
  if (strcmp(way, "threads") == 0) run_threads();
  if (strcmp(way, "fork") == 0) persist_in_child();
  if (strcmp(way, "kill") == 0) {
    for (int i = 0; i < 100; i++) persist_record(base, 8);
    kill(getpid(), SIGKILL);
  }
  if (strcmp(way, "exec") == 0) {
    persist_record(base, 8);
    execl(arguments[0], arguments[0], arguments[1], "fork", NULL);
    return 71;
  }
  return pmem_unmap(base, SIZE) == 0 ? 0 : 74;
}
