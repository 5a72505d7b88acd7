// Marks: a program tells whoever records it where it is. One header, nothing to link.
//
//     fencepost_mark("committed 7");
//
// The text arrives as a label in the trace of `fencepost record`, between the stores before and after the call.
// Where the program is not recorded the call does nothing and costs a few instructions.
//
// Copyright 2026 the Fencepost authors. Licensed under the Apache License, Version 2.0
// (http://www.apache.org/licenses/LICENSE-2.0); unlike the recorder, which is a program of its own.
#ifndef FENCEPOST_H
#define FENCEPOST_H

#ifdef __cplusplus
extern "C" {
#endif

// Leaves a mark with a text of UTF-8, at most 4096 bytes of which are kept. Any thread may call it.
//
// On x86-64 this is a client request as Valgrind's manual describes them: rotations that add up to nothing, then
// an exchange of a register with itself. It is number 30 of the requests 'P','C', by which pmemcheck takes a
// text for its log too.
static inline void fencepost_mark(const char *text) {
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
  unsigned long long request[6] = {
    ((unsigned long long)'P' << 24) | ((unsigned long long)'C' << 16) | 30,
    (unsigned long long)text, 0, 0, 0, 0,
  };
  unsigned long long result = 0;
  __asm__ volatile(
    "rolq $3, %%rdi\n\trolq $13, %%rdi\n\trolq $61, %%rdi\n\trolq $51, %%rdi\n\txchgq %%rbx, %%rbx"
    : "+d"(result)
    : "a"(&request[0])
    : "cc", "memory");
#else
  (void)text;
#endif
}

#ifdef __cplusplus
}
#endif

#endif
