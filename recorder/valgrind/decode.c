/* Part of the Fencepost recorder, a Valgrind tool.
   Copyright (C) 2026 the Fencepost authors

   This program is free software; you can redistribute it and/or modify it under the terms of the GNU
   General Public License as published by the Free Software Foundation; either version 2 of the
   License, or (at your option) any later version. It comes without any warranty. See COPYING. */

/* Decodes instruction bytes: flushes that VEX does not know, and what it does not keep of the others
   (non-temporal stores, which fence it was, lock prefixes).
   Source: Intel SDM volume 2, chapter 2 and appendix A. */
#include "recorder.h"

typedef struct {
  const UChar* bytes;
  Int length;
  Int at;
  UChar rex;
  UChar mandatory; /* the last of 66, F2, F3 */
  Bool has_66;
  Int map; /* 1 for the 0F map, 0 for one-byte opcodes, -1 for others */
} Cursor;

static UChar peek(const Cursor* c, Int ahead) {
  return c->at + ahead < c->length ? c->bytes[c->at + ahead] : 0;
}

static void skip_prefixes(Cursor* c, Instruction* result) {
  for (; c->at < c->length; c->at++) {
    UChar byte = c->bytes[c->at];
    switch (byte) {
    case 0x66: c->has_66 = True; if (!c->mandatory) c->mandatory = 0x66; c->rex = 0; break;
    case 0xF2: case 0xF3: c->mandatory = byte; c->rex = 0; break;
    case 0xF0: result->is_locked = True; c->rex = 0; break;
    case 0x64: case 0x65: result->segment = byte; c->rex = 0; break;
    case 0x67: result->is_address32 = True; c->rex = 0; break;
    case 0x26: case 0x2E: case 0x36: case 0x3E: c->rex = 0; break;
    default:
      if ((byte & 0xF0) != 0x40) return;
      c->rex = byte;
    }
  }
}

/* Steps over the escape bytes or the VEX prefix, up to the opcode. */
static void find_opcode(Cursor* c) {
  static const UChar vex_prefixes[4] = {0, 0x66, 0xF3, 0xF2};
  UChar first = peek(c, 0);
  if (first == 0xC5) {
    c->mandatory = vex_prefixes[peek(c, 1) & 3];
    c->map = 1;
    c->at += 2;
  } else if (first == 0xC4) {
    c->mandatory = vex_prefixes[peek(c, 2) & 3];
    c->map = (peek(c, 1) & 0x1F) == 1 ? 1 : -1;
    c->at += 3;
  } else if (first == 0x0F) {
    UChar second = peek(c, 1);
    c->map = second == 0x38 || second == 0x3A ? -1 : 1;
    c->at += 1;
  } else {
    c->map = first == 0x62 ? -1 : 0;
  }
}

static Long signed_bytes(const Cursor* c, Int from, Int count) {
  if (count == 1) return (Char)peek(c, from);
  UInt value = 0;
  for (Int i = 0; i < 4; i++) value |= (UInt)peek(c, from + i) << (8 * i);
  return (Int)value;
}

/* Reads ModRM, SIB and displacement; the cursor is at the opcode of an instruction without immediate. */
static void decode_address(const Cursor* c, Instruction* result) {
  UChar modrm = peek(c, 1);
  Int mod = modrm >> 6, rm = modrm & 7, at = 2;
  result->base = rm | ((c->rex & 1) << 3);
  result->index = -1;
  if (rm == 4) {
    UChar sib = peek(c, at++);
    Int index = ((sib >> 3) & 7) | ((c->rex & 2) << 2);
    result->base = (sib & 7) | ((c->rex & 1) << 3);
    result->scale = sib >> 6;
    if (index != 4) result->index = index;
    if ((sib & 7) == 5 && mod == 0) result->base = -1;
  } else if (rm == 5 && mod == 0) {
    result->base = -1;
    result->is_ip_relative = True;
  }
  if (mod == 1) {
    result->displacement = signed_bytes(c, at, 1);
    at += 1;
  } else if (mod == 2 || result->base == -1) {
    result->displacement = signed_bytes(c, at, 4);
    at += 4;
  }
  result->length = c->at + at;
}

/* 0F AE: flushes have a memory operand, fences have not. */
static void decode_group15(const Cursor* c, Instruction* result) {
  UChar modrm = peek(c, 1);
  Int operation = (modrm >> 3) & 7;
  if (modrm >= 0xC0) {
    if (c->mandatory) return;
    if (operation == 7) result->kind = INSTRUCTION_SFENCE;
    if (operation == 6) result->kind = INSTRUCTION_MFENCE;
    return;
  }
  if (operation == 6 && c->mandatory == 0x66) result->kind = INSTRUCTION_CLWB;
  if (operation == 7 && c->mandatory == 0x66) result->kind = INSTRUCTION_CLFLUSHOPT;
  if (operation == 7 && c->mandatory == 0) result->kind = INSTRUCTION_CLFLUSH;
  if (result->kind != INSTRUCTION_OTHER) decode_address(c, result);
}

static void decode_two_byte(const Cursor* c, Instruction* result) {
  UChar modrm = peek(c, 1);
  Bool has_memory = modrm < 0xC0;
  switch (peek(c, 0)) {
  case 0xAE: decode_group15(c, result); break;
  case 0xC3: /* movnti */
    if (has_memory && c->mandatory == 0) result->kind = INSTRUCTION_NT_STORE;
    break;
  case 0x2B: /* movntps, movntpd, movntss, movntsd */
    if (has_memory) result->kind = INSTRUCTION_NT_STORE;
    break;
  case 0xE7: /* movntq, movntdq */
    if (has_memory && (c->mandatory == 0 || c->mandatory == 0x66))
      result->kind = INSTRUCTION_NT_STORE;
    break;
  case 0xF7: /* maskmovq, maskmovdqu */
    if (!has_memory && (c->mandatory == 0 || c->mandatory == 0x66))
      result->kind = INSTRUCTION_NT_STORE;
    break;
  case 0xB0: case 0xB1: result->is_cmpxchg = True; break;
  case 0xC7: result->is_cmpxchg = ((modrm >> 3) & 7) == 1; break;
  }
}

void decode_instruction(const UChar* bytes, Int available, Instruction* result) {
  Cursor c = {.bytes = bytes, .length = available};
  VG_(memset)(result, 0, sizeof *result);
  result->base = result->index = -1;
  skip_prefixes(&c, result);
  find_opcode(&c);
  if (c.map == 1) {
    decode_two_byte(&c, result);
  } else if (c.map == 0) {
    UChar opcode = peek(&c, 0);
    if ((opcode == 0x86 || opcode == 0x87) && peek(&c, 1) < 0xC0) result->is_locked = True;
  }
}
