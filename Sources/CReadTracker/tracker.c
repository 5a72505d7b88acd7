// Begin and end of tracking, and the signals it needs.
#define _GNU_SOURCE
#include "tracker.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { stack_size = 1 << 18 };

struct readtracker_board *board;

static const int our_signals[] = {SIGSYS, SIGSEGV, SIGTRAP, SIGBUS, SIGFPE, SIGILL};
enum { our_count = sizeof our_signals / sizeof *our_signals };

// What the program has, or believes to have.
static struct kernel_action kept[our_count];
static stack_t kept_stack;
static char *our_stack;
static int is_on;
// A process that was lost once may have mapped what we do not know of.
static int is_lost;

static int index_of(int signal) {
  for (int index = 0; index < our_count; index++)
    if (our_signals[index] == signal) return index;
  return -1;
}

int is_ours(int signal) { return index_of(signal) >= 0; }

void keep_action(int signal, const struct kernel_action *action, struct kernel_action *old) {
  int index = index_of(signal);
  struct kernel_action before = kept[index];
  if (action != NULL) kept[index] = *action;
  if (old != NULL) *old = before;
}

long keep_stack(const stack_t *stack, stack_t *old) {
  stack_t before = kept_stack;
  if (stack != NULL) kept_stack = *stack;
  if (old != NULL) *old = before;
  return 0;
}

static int take_signals(void) {
  if (our_stack == NULL) {
    void *stack = mmap(NULL, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED) return 0;
    our_stack = stack;
  }
  stack_t stack = {.ss_sp = our_stack, .ss_size = stack_size};
  if (gate_call(SYS_sigaltstack, (long)&stack, (long)&kept_stack, 0, 0, 0, 0) != 0) return 0;
  for (int index = 0; index < our_count; index++) {
    int is_call = our_signals[index] == SIGSYS;
    struct kernel_action action = {
        .handler = is_call ? (void *)on_call : (void *)on_fault,
        .flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER,
        .mask = is_call ? 0 : ~0ull};
    if (gate_action(our_signals[index], &action, &kept[index]) != 0) return 0;
  }
  return 1;
}

static void return_signals(void) {
  for (int index = 0; index < our_count; index++)
    gate_action(our_signals[index], &kept[index], NULL);
  // Refused while we run on it: then it stays ours, which is as good.
  gate_call(SYS_sigaltstack, (long)&kept_stack, 0, 0, 0, 0, 0);
}

static int has_one_thread(void) {
  struct stat tasks;
  return gate_call(SYS_stat, (long)"/proc/self/task", (long)&tasks, 0, 0, 0, 0) == 0 &&
         tasks.st_nlink == 3;
}

void lose(int reason, uint32_t detail) {
  board->reason = (uint32_t)reason;
  board->detail = detail;
  __atomic_store_n(&board->state, readtracker_lost, __ATOMIC_RELEASE);
  is_lost = 1;
  if (!is_on) return;
  is_on = 0;
  reveal_all();
  gate_close_dispatch();
  return_signals();
}

int readtracker_is_supported(void) {
  if (gate_open_dispatch() != 0) return 0;
  gate_close_dispatch();
  return 1;
}

void readtracker_begin(struct readtracker_board *shared) {
  if (!shared->enabled) return;
  board = shared;
  if (is_lost || !has_one_thread()) return lose(readtracker_threads, 0);
  is_stepping = 0;
  if (!take_signals()) return lose(readtracker_no_support, 0);
  is_on = 1;
  board->state = readtracker_tracking;
  hide_all();
  if (gate_open_dispatch() != 0) lose(readtracker_no_support, 0);
}

void readtracker_end(void) {
  if (!is_on) return;
  is_on = 0;
  gate_close_dispatch();
  reveal_all();
  return_signals();
}

void readtracker_know(void *base, size_t size, int image) {
  add_region((uintptr_t)base, size, image, PROT_READ, 0);
}
