// Functions of the C library that store: what they did is read from memory when they return, as one store of so many
// bytes; in which order they do it is the library's own affair.
//
// Copyright 2026 the Fencepost authors. Licensed under the Apache License, Version 2.0.
#define _GNU_SOURCE
#include "runtime.h"
#include <dlfcn.h>

#define CALLER ((uintptr_t)__builtin_return_address(0))

// A call is its return address; the instruction is before it.
static __attribute__((noinline)) void stored(const void *start, size_t size, uintptr_t caller) {
  if (is_recording && size > 0) {
    put_store(RECORD_STORE, site_number((void *)caller, caller - 1), (uintptr_t)start, size);
  }
  order_end();
}

// Called before anything was initialised, too: then there is nothing to look up the library's own with.
static void *(*real_memcpy)(void *, const void *, size_t);
static void *(*real_memmove)(void *, const void *, size_t);
static void *(*real_memset)(void *, int, size_t);

static void *plain_copy(void *to, const void *from, size_t size) {
  void *at = to;
  if ((uintptr_t)to - (uintptr_t)from >= size) {
    __asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(size)::"memory");
  } else {
    for (size_t i = size; i-- > 0;) ((volatile char *)to)[i] = ((const volatile char *)from)[i];
  }
  return to;
}

static void *plain_set(void *to, int byte, size_t size) {
  void *at = to;
  __asm__ volatile("rep stosb" : "+D"(at), "+c"(size) : "a"(byte) : "memory");
  return to;
}

__attribute__((constructor(101))) static void look_up(void) {
  real_memcpy = dlsym(RTLD_NEXT, "memcpy");
  real_memset = dlsym(RTLD_NEXT, "memset");
  real_memmove = dlsym(RTLD_NEXT, "memmove");
}

static inline void *copy(void *to, const void *from, size_t size) {
  return LIKELY(real_memcpy) ? real_memcpy(to, from, size) : plain_copy(to, from, size);
}
static inline void *move(void *to, const void *from, size_t size) {
  return LIKELY(real_memmove) ? real_memmove(to, from, size) : plain_copy(to, from, size);
}
static inline void *set(void *to, int byte, size_t size) {
  return LIKELY(real_memset) ? real_memset(to, byte, size) : plain_set(to, byte, size);
}

#define WATCHED(start, size, call) \
  if (LIKELY(!is_watched(start))) return call; \
  order_begin(); \
  void *result = call; \
  stored(start, size, CALLER); \
  return result;

PUBLIC void *memcpy(void *to, const void *from, size_t size) { WATCHED(to, size, copy(to, from, size)) }
PUBLIC void *memmove(void *to, const void *from, size_t size) { WATCHED(to, size, move(to, from, size)) }
PUBLIC void *memset(void *to, int byte, size_t size) { WATCHED(to, size, set(to, byte, size)) }

// The checked forms that _FORTIFY_SOURCE makes of them: the checks stay the library's.
#define CHECKED(name, parameters, arguments, start, size) \
  PUBLIC void *name parameters { \
    REAL(name, void *(*)parameters) \
    WATCHED(start, size, real_##name arguments) \
  }

CHECKED(__memcpy_chk, (void *to, const void *from, size_t size, size_t room), (to, from, size, room), to,
        size)
CHECKED(__memmove_chk, (void *to, const void *from, size_t size, size_t room), (to, from, size, room), to,
        size)
CHECKED(__memset_chk, (void *to, int byte, size_t size, size_t room), (to, byte, size, room), to, size)
CHECKED(__mempcpy_chk, (void *to, const void *from, size_t size, size_t room), (to, from, size, room), to,
        size)
CHECKED(mempcpy, (void *to, const void *from, size_t size), (to, from, size), to, size)
CHECKED(__mempcpy, (void *to, const void *from, size_t size), (to, from, size), to, size)

// Strings: what was stored goes from the begin, or from the old end, to the new end.
static size_t length(const char *text) {
  size_t size = 0;
  while (text[size]) size++;
  return size;
}

#define STRING(name, parameters, arguments, begin, size) \
  PUBLIC char *name parameters { \
    REAL(name, char *(*)parameters) \
    if (LIKELY(!is_watched(to))) return real_##name arguments; \
    order_begin(); \
    char *start = begin; \
    char *result = real_##name arguments; \
    stored(start, size, CALLER); \
    return result; \
  }

STRING(strcpy, (char *to, const char *from), (to, from), to, length(start) + 1)
STRING(stpcpy, (char *to, const char *from), (to, from), to, length(start) + 1)
STRING(strncpy, (char *to, const char *from, size_t size), (to, from, size), to, size)
STRING(stpncpy, (char *to, const char *from, size_t size), (to, from, size), to, size)
STRING(strcat, (char *to, const char *from), (to, from), to + length(to), length(start) + 1)
STRING(strncat, (char *to, const char *from, size_t size), (to, from, size), to + length(to),
       length(start) + 1)
STRING(__strcpy_chk, (char *to, const char *from, size_t room), (to, from, room), to,
       length(start) + 1)
STRING(__strncpy_chk, (char *to, const char *from, size_t size, size_t room), (to, from, size, room), to,
       size)
STRING(__strcat_chk, (char *to, const char *from, size_t room), (to, from, room), to + length(to),
       length(start) + 1)
