#define _GNU_SOURCE
#include "cprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { maximum_pairs = 8, spare_descriptors = 240 };

int cprocess_memory_file(const char *name, uint64_t size) {
  int descriptor = memfd_create(name, MFD_CLOEXEC);
  if (descriptor < 0) return -errno;
  if (ftruncate(descriptor, (off_t)size) == 0) return descriptor;
  int failure = errno;
  close(descriptor);
  return -failure;
}

int cprocess_timer(void) {
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  return timer < 0 ? -errno : timer;
}

int cprocess_arm(int timer, uint64_t nanoseconds) {
  struct itimerspec when = {
      .it_value = {.tv_sec = (time_t)(nanoseconds / 1000000000),
                   .tv_nsec = (long)(nanoseconds % 1000000000)}};
  return timerfd_settime(timer, 0, &when, NULL) == 0 ? 0 : -errno;
}

int cprocess_descriptor_of(pid_t process) {
  int descriptor = (int)syscall(SYS_pidfd_open, process, 0);
  return descriptor < 0 ? -errno : descriptor;
}

int cprocess_adopt_orphans(void) {
  return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 ? 0 : -errno;
}

int cprocess_die_with_parent(void) {
  return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 ? 0 : -errno;
}

int cprocess_limit(uint64_t address_space) {
  struct rlimit none = {0, 0}, limit = {address_space, address_space};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return -errno;
  if (address_space != 0 && setrlimit(RLIMIT_AS, &limit) != 0) return -errno;
  return 0;
}

int cprocess_is_open_only_here(int descriptor) {
  if (fcntl(descriptor, F_SETLEASE, F_WRLCK) != 0) return 0;
  fcntl(descriptor, F_SETLEASE, F_UNLCK);
  return 1;
}

const volatile uint8_t *cprocess_fork_canary(void) {
  uint8_t *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return NULL;
  if (madvise(page, 4096, MADV_WIPEONFORK) != 0) return NULL;
  page[0] = 1;
  return page;
}

void cprocess_publish(uint64_t *counter, uint64_t value) {
  __atomic_store_n(counter, value, __ATOMIC_RELEASE);
}

uint64_t cprocess_observe(const uint64_t *counter) {
  return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

static volatile unsigned forks;

static void count_fork(void) { forks++; }

unsigned cprocess_forks(void) {
  static int counts;
  if (!counts) counts = pthread_atfork(NULL, count_fork, NULL) == 0;
  return forks;
}

// Faults.

static struct {
  uintptr_t base;
  size_t size;
  uint64_t *report;
} watched;

static void report_fault(int signal, siginfo_t *info, void *context) {
  const ucontext_t *machine = context;
  if ((uintptr_t)info->si_addr - watched.base < watched.size)
    *watched.report = machine->uc_mcontext.gregs[REG_ERR] & 2 ? 2 : 1;
  // The disposition is the default again, so the instruction is repeated and ends the process.
  (void)signal;
}

int cprocess_report_faults(const void *base, size_t size, uint64_t *report) {
  stack_t stack = {.ss_size = 65536};
  stack.ss_sp = mmap(NULL, stack.ss_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (stack.ss_sp == MAP_FAILED || sigaltstack(&stack, NULL) != 0) return -errno;
  watched.base = (uintptr_t)base;
  watched.size = size;
  watched.report = report;
  struct sigaction action = {.sa_sigaction = report_fault,
                             .sa_flags = SA_SIGINFO | SA_ONSTACK | (int)SA_RESETHAND};
  if (sigaction(SIGSEGV, &action, NULL) != 0) return -errno;
  return sigaction(SIGBUS, &action, NULL) == 0 ? 0 : -errno;
}

// Starting.

void cprocess_default_signals(void) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int number = 1; number <= SIGRTMAX; number++) sigaction(number, &standard, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

pid_t cprocess_fork(void) { return fork(); }

// Two steps, so that a pair's target is never the source of a later pair.
static int place_descriptors(const struct cprocess_plan *plan) {
  int moved[maximum_pairs];
  if (syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) return errno;
  for (int pair = 0; pair < plan->descriptor_pairs; pair++) {
    moved[pair] = fcntl(plan->descriptors[2 * pair], F_DUPFD_CLOEXEC, spare_descriptors);
    if (moved[pair] < 0) return errno;
  }
  for (int pair = 0; pair < plan->descriptor_pairs; pair++)
    if (dup2(moved[pair], plan->descriptors[2 * pair + 1]) < 0) return errno;
  return 0;
}

// Runs in the child, which shares our memory and stops us until it execs or exits.
static int become(const struct cprocess_plan *plan) {
  setpgid(0, 0);
  if (plan->dies_with_us) prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  int failure = place_descriptors(plan);
  if (failure == 0) failure = -cprocess_limit(plan->address_space);
  if (failure != 0) return failure;
  cprocess_default_signals();
  execve(plan->path, plan->arguments, plan->environment);
  return errno;
}

pid_t cprocess_spawn(const struct cprocess_plan *plan) {
  if (plan->descriptor_pairs > maximum_pairs) return -EINVAL;
  volatile int failure = 0;
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_t child = vfork();
  if (child == 0) {
    failure = become(plan);
    _exit(127);
  }
  int fork_failure = errno;
  sigprocmask(SIG_SETMASK, &before, NULL);
  if (child < 0) return -fork_failure;
  if (failure == 0) return child;
  // The child never became another program: reap it here, nobody has seen its number.
  syscall(SYS_wait4, child, NULL, 0, NULL);
  return -failure;
}
