// Notes which lines of crash images this process reads, in the order in which it first reads them.
//
// Images that are mapped are hidden from it page by page; an access that faults is noted, executed alone with
// the page in sight, and the page hidden again. System calls come back to us as signals (syscall user
// dispatch): so files that are read or mapped are seen whoever asks for it. Whatever cannot be followed ends
// the tracking, and everything counts as read: the notes may name too much and never too little.
#ifndef READTRACKER_H
#define READTRACKER_H

#include <stddef.h>
#include <stdint.h>

enum { readtracker_images = 16 };

// What became of a run.
enum {
  readtracker_silent = 0,    // no process has announced itself
  readtracker_tracking = 1,  // what is noted is all that was read
  readtracker_lost = 2,      // from there on everything counts as read
};

// Why a run was lost.
enum {
  readtracker_no_support = 1,  // the kernel hands no system calls back
  readtracker_threads = 2,
  readtracker_call = 3,        // a system call that is not followed; its number is in detail
  readtracker_handler = 4,     // a fault went to a handler of the program's own
};

struct readtracker_image {
  uint64_t device, inode;
  uint64_t size;
  uint64_t watched;  // offset of a bitmap: lines that are to be noted
  uint64_t seen;     // offset of a bitmap: lines that are noted or not to be
  uint64_t faults;   // offset of 16-bit counters, one a page
};

// At the beginning of memory shared with who wants to know; offsets count from here.
struct readtracker_board {
  uint32_t enabled;
  uint32_t state;
  uint32_t reason;
  uint32_t detail;
  uint64_t count;     // entries in the log
  uint64_t log;       // offset of the log: image << 56 | line, 8 bytes each
  uint64_t patience;  // faults in a page after which all of it counts as read
  uint64_t images;
  struct readtracker_image image[readtracker_images];
};

// Not to be seen by the programs that we are loaded into.
#pragma GCC visibility push(hidden)

// Whether the kernel can hand system calls back.
int readtracker_is_supported(void);

// From now on the calling process, which has one thread, is tracked. What was mapped in an earlier
// stretch is still known.
void readtracker_begin(struct readtracker_board *board);

// Not tracked any more.
void readtracker_end(void);

// An image that is mapped already, for reading.
void readtracker_know(void *base, size_t size, int image);

// Bytes that the instruction can touch in one place, at most 64, or 0 for one that is not understood;
// is_string is set where it touches memory at two addresses, those in rsi and rdi.
int readtracker_reach(const uint8_t *instruction, int *is_string);

#pragma GCC visibility pop

#endif
