// What code that `fencepost cc` compiled and the runtime that records it know of one another.
//
// Copyright 2026 the Fencepost authors. Licensed under the Apache License, Version 2.0.
#ifndef FENCEPOST_MODULE_H
#define FENCEPOST_MODULE_H

#include <stdint.h>

// One in each program and library. Nothing is recorded while the span is 0; then the code never calls.
// The rewriter (Sources/fencepost/Compile) knows the offsets.
struct fencepost_module {
  uint64_t watch_start;      // 0: what is stored from here on
  uint64_t watch_span;       // 8: for so many bytes may be persistent memory
  void (*before)(void);      // 16: before a store, where there are several threads
  void (*before_quick)(void); // 24: the same, where the flags are dead
  void (*after)(void);       // 32: after the store; on the stack the description, the address, and more
  void (*after_quick)(void); // 40: the same, where the flags are dead
  void (*order)(void);       // 48: after a fence; on the stack the description
  void (*order_quick)(void); // 56: the same, where the flags are dead
  void (*request)(void);     // 64: a client request for Valgrind; on the stack its address
  uint64_t has_threads;      // 72: whether there are several threads
};

// Of an instruction, in the code beside it: what it does, and where it is.
struct fencepost_instruction {
  int32_t site;   // from here to the instruction
  uint16_t size;  // bytes, or bytes of an element
  uint8_t kind;   // as in the stream
  uint8_t form;
  uint16_t count; // elements at most
  uint16_t usual; // whether usual.S can record it, and how
} __attribute__((packed));

enum {
  USUAL_ON_STACK = 0x100, // the bytes are on the stack, as with FORM_VALUE; else at the address: 4, 8 or 16
  USUAL_FLUSH = 0x200,    // a flush, no bytes
  USUAL_UNFENCED = 0x400, // something of the thread waits for a fence after it
  USUAL_FENCE = 0x800,
};

enum {
  FORM_PLAIN = 0,
  FORM_MASKED = 1,   // more: a bit for each element that is stored
  FORM_REPEATED = 2, // more: how many elements
  FORM_CAS = 3,      // stored where the zero flag is set
  FORM_COMPRESS = 4, // more: as many elements as bits are set, one after the other
  FORM_VALUE = 5,    // more: the bytes that are stored
  FORM_SCATTER = 6,  // more: a bit for each element, bytes of an index and scale << 8, 64 bytes of indices, 64 of values
};

#endif
