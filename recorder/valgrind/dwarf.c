/* Part of the Fencepost recorder, a Valgrind tool.
   Copyright (C) 2026 the Fencepost authors

   This program is free software; you can redistribute it and/or modify it under the terms of the GNU
   General Public License as published by the Free Software Foundation; either version 2 of the
   License, or (at your option) any later version. It comes without any warranty. See COPYING. */

/* Keeps the core from debug information that it cannot read.

   Valgrind 3.19 does not know the forms of DWARF 5 that refer to tables (strx, addrx, and their kin), which clang and
   swiftc write. It loses its way among the entries then, and may give up the whole run. The two
   readers of such entries are wrapped by the linker (--wrap): an object whose abbreviations name such a
   form is passed over, so that its functions are known from its symbols and its lines are not. */
#include "recorder.h"

/* A part of a file, as the core passes it: three words on the stack. */
typedef struct {
  void* image;
  ULong offset, size;
} Slice;

extern void ML_(img_get)(void* to, void* image, ULong offset, SizeT size);

enum { ABBREVIATIONS = 2, FORM_IMPLICIT_CONST = 0x21, MOST_BYTES = 16 << 20 };

typedef struct {
  const UChar *next, *end;
} Bytes;

static ULong take_varint(Bytes* b) {
  ULong value = 0;
  for (Int shift = 0; b->next < b->end; shift += 7) {
    UChar byte = *b->next++;
    if (shift < 64) value |= (ULong)(byte & 0x7F) << shift;
    if (byte < 0x80) break;
  }
  return value;
}

/* strx, addrx, loclistx, rnglistx; strx1 to strx4, addrx1 to addrx4. DWARF 5, section 7.5.6. */
static Bool is_unknown(ULong form) {
  return form == 0x1A || form == 0x1B || form == 0x22 || form == 0x23 || (form >= 0x25 && form <= 0x2C);
}

/* Declarations: number, tag, whether there are children, pairs of attribute and form up to a pair of zeros. */
static Bool has_unknown_form(Bytes* b) {
  while (b->next < b->end) {
    if (take_varint(b) == 0) continue;
    take_varint(b);
    b->next++;
    while (b->next < b->end) {
      ULong attribute = take_varint(b), form = take_varint(b);
      if (form == FORM_IMPLICIT_CONST) take_varint(b);
      if (is_unknown(form)) return True;
      if (attribute == 0 && form == 0) break;
    }
  }
  return False;
}

/* Asked by the wrappers below with the slices: entries, types, abbreviations. */
__attribute__((used)) Bool recorder_cannot_read(const Slice* slices) {
  Slice slice = slices[ABBREVIATIONS];
  if (!slice.image || slice.size == 0 || slice.size > MOST_BYTES) return False;
  UChar* copy = VG_(malloc)("recorder.abbreviations", slice.size);
  ML_(img_get)(copy, slice.image, slice.offset, slice.size);
  Bytes bytes = {copy, copy + slice.size};
  Bool result = has_unknown_form(&bytes);
  VG_(free)(copy);
  return result;
}

/* Goes on to the core's function, or returns at once. The slices begin behind the return address. */
#define WRAP(name)                        \
  __asm__(".text\n.globl __wrap_" name    \
          "\n__wrap_" name ":\n"          \
          "  pushq %rdi\n"                \
          "  leaq 16(%rsp), %rdi\n"       \
          "  call recorder_cannot_read\n" \
          "  popq %rdi\n"                 \
          "  testb %al, %al\n"            \
          "  jz __real_" name "\n"        \
          "  ret\n")

WRAP("vgModuleLocal_read_debuginfo_dwarf3");
WRAP("vgModuleLocal_new_dwarf3_reader");
