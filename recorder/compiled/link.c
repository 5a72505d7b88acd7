// Linked into every program and library that `fencepost cc` links: what its code asks before each store, a note by
// which the program is known, and a constructor that tells the runtime, where one is preloaded.
//
// Copyright 2026 the Fencepost authors. Licensed under the Apache License, Version 2.0.
#define _GNU_SOURCE
#include "module.h"
#include <dlfcn.h>

__attribute__((visibility("hidden"), aligned(64))) struct fencepost_module fencepost_module;

__asm__(".pushsection .note.fencepost,\"a\",@note\n"
        ".p2align 2\n"
        ".long 10, 4, 1\n"
        ".asciz \"Fencepost\"\n"
        ".p2align 2\n"
        ".long 1\n"
        ".popsection\n");

typedef void (*Attach)(struct fencepost_module *);

__attribute__((constructor(101))) static void attach(void) {
  Attach runtime = (Attach)dlsym(RTLD_DEFAULT, "fencepost_attach_1");
  if (runtime) runtime(&fencepost_module);
}

__attribute__((destructor(101))) static void detach(void) {
  Attach runtime = (Attach)dlsym(RTLD_DEFAULT, "fencepost_detach_1");
  if (runtime) runtime(&fencepost_module);
}
