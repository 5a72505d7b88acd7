// The functions that ours stand before.
//
// Copyright 2026 the Fencepost authors. Licensed under the Apache License, Version 2.0.
#define _GNU_SOURCE
#include "runtime.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

void *real(const char *name) {
  void *function = dlsym(RTLD_NEXT, name);
  if (!function) {
    fprintf(stderr, "fencepost: the program calls %s, which no library has\n", name);
    abort();
  }
  return function;
}
