// Process calls of Linux that Swift cannot name or make: variadic calls, vfork, signal handlers.
// No policy: what is started, limited or killed is decided by RecoveryRunner.
#ifndef CPROCESS_H
#define CPROCESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// What a new process is to be. All pointers stay the caller's.
struct cprocess_plan {
  const char *path;
  char *const *arguments;      // ends with NULL
  char *const *environment;    // ends with NULL
  const int *descriptors;      // pairs: one of ours, its number in the new process
  int descriptor_pairs;
  uint64_t address_space;      // RLIMIT_AS in bytes, 0 for none
  int dies_with_us;            // SIGKILL when the calling thread ends
};

// Starts a process in its own group with default signals, only the planned descriptors and no core
// dumps. Returns its number, or the negated errno of the call that failed (execve included).
pid_t cprocess_spawn(const struct cprocess_plan *plan);

// fork(2). The caller has one thread.
pid_t cprocess_fork(void);

// Resets all signal dispositions and the signal mask of this process.
void cprocess_default_signals(void);

// An anonymous memory file (memfd), or the negated errno.
int cprocess_memory_file(const char *name, uint64_t size);

// A monotonic one-shot timer that can be polled, or the negated errno.
int cprocess_timer(void);

// Makes the timer readable after that many nanoseconds; 0 disarms it.
int cprocess_arm(int timer, uint64_t nanoseconds);

// A descriptor that becomes readable when the process ends, or the negated errno.
int cprocess_descriptor_of(pid_t process);

// Orphans among our descendants become our children.
int cprocess_adopt_orphans(void);

// This process gets SIGKILL when its parent's thread ends.
int cprocess_die_with_parent(void);

// Sets RLIMIT_CORE to 0 and, unless 0, RLIMIT_AS.
int cprocess_limit(uint64_t address_space);

// Whether the file is open nowhere but in this open file description (a write lease is granted).
int cprocess_is_open_only_here(int descriptor);

// Forks this process has made through the C library since the first call, which answers 0.
unsigned cprocess_forks(void);

// A page that reads 0 in a forked child and 1 here; NULL if there is none to be had.
const volatile uint8_t *cprocess_fork_canary(void);

// From now on a fault inside the range stores 1 (read) or 2 (write) in report before the process
// dies of it. The handler has a stack of its own.
int cprocess_report_faults(const void *base, size_t size, uint64_t *report);

// Release store and acquire load of a counter shared between processes.
void cprocess_publish(uint64_t *counter, uint64_t value);
uint64_t cprocess_observe(const uint64_t *counter);

#endif
