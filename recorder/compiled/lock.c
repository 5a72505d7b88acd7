// One order for all threads: whoever stores to persistent memory holds this lock from before the store until it is
// recorded. Where the program has one thread there is none.
//
// Copyright 2026 the Fencepost authors. Licensed under the Apache License, Version 2.0.
#include "runtime.h"
#include <linux/futex.h>
#include <sys/syscall.h>

enum { FREE, TAKEN, AWAITED };

bool order_threads;
static int state;
// A signal's handler may store between a store of its thread and its record.
static __thread int depth __attribute__((tls_model("initial-exec")));
static __thread bool has_lock __attribute__((tls_model("initial-exec")));

static void futex(int operation, int value) {
  register long timeout __asm__("r10") = 0;
  long result = SYS_futex;
  __asm__ volatile("syscall"
                   : "+a"(result)
                   : "D"(&state), "S"(operation), "d"(value), "r"(timeout)
                   : "rcx", "r11", "memory");
}

static void wait_for_lock(void) {
  for (int i = 0; i < 200; i++) {
    int expected = FREE;
    if (__atomic_load_n(&state, __ATOMIC_RELAXED) == FREE
        && __atomic_compare_exchange_n(&state, &expected, TAKEN, 0, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED)) {
      return;
    }
    __builtin_ia32_pause();
  }
  while (__atomic_exchange_n(&state, AWAITED, __ATOMIC_ACQUIRE) != FREE) {
    futex(FUTEX_WAIT_PRIVATE, AWAITED);
  }
}

void order_begin(void) {
  if (depth++ > 0 || !order_threads) return;
  has_lock = true;
  int expected = FREE;
  if (!__atomic_compare_exchange_n(&state, &expected, TAKEN, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
    wait_for_lock();
  }
}

void order_end(void) {
  if (--depth > 0 || !has_lock) return;
  has_lock = false;
  if (__atomic_exchange_n(&state, FREE, __ATOMIC_RELEASE) == AWAITED) futex(FUTEX_WAKE_PRIVATE, 1);
}

// The child has one thread, which held the lock when it forked.
void order_in_child(void) {
  state = FREE;
  has_lock = false;
}
